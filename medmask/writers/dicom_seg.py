"""Label maps -> DICOM Segmentation, which viewers lay over the source."""

from __future__ import annotations

import copy
import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from medmask.dicom_source import DicomSource, uid_of
from medmask.errors import MissingPackage, Unsupported
from medmask.grid import Grid
from medmask.labels import Label, LabelMap
from medmask.version import __version__
from medmask.writers.dicom_identity import leave_out_unlawful, moment_of

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

SERIES_NUMBER: Final = 7701  # behind those of scanners
_MAKER: Final = "medmask"
_REFUSALS: Final = (ValueError, AttributeError, TypeError, KeyError, IndexError)


@dataclass(frozen=True)
class Segment:
    """How a label is called in DICOM.

    Attributes
    ----------
    label : Label
    code : str
        SNOMED CT, of a tissue (PS3.16 CID 7166).
    meaning : str
    rgb : tuple of int
        The colour that is recommended to viewers.
    """

    label: Label
    code: str
    meaning: str
    rgb: tuple[int, int, int]


SEGMENTS: Final = (
    Segment(Label.SOFT_TISSUE, "87784001", "Soft tissue", (0, 160, 255)),
    Segment(Label.BONE, "272673000", "Bone", (255, 180, 0)),
)


def dicom_seg(labels: LabelMap, source: DicomSource, digest: str) -> bytes | None:
    """Return a label map as a binary DICOM Segmentation that refers to its source.

    Parameters
    ----------
    labels : LabelMap
    source : DicomSource
        Of the scan that the labels belong to.
    digest : str
        Of all that the labels hang on, hexadecimal. UIDs are made of it and of the source, so that
        the same result is the same object, and another one is not.

    Returns
    -------
    bytes or None
        A DICOM file, the same bytes for the same arguments; ``None`` if nothing is labelled: a
        segmentation has at least one segment.

    Raises
    ------
    MissingPackage
        If highdicom is not installed.
    Unsupported
        If nothing lawful can be made of the source's headers.

    Notes
    -----
    Every label that occurs is a segment; frames without a voxel are left out. Patient and study
    are the source's, and so is the date: nothing is added to what the source tells.

    References
    ----------
    DICOM PS3.3 A.51, Segmentation IOD.
    """
    hd = _highdicom()
    here = [segment for segment in SEGMENTS if labels.count(segment.label)]
    if not here:
        return None
    numbers = np.zeros(len(Label), np.uint8)
    numbers[[segment.label for segment in here]] = np.arange(1, len(here) + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what the source lacks
            made = hd.seg.Segmentation(
                source_images=_referable(source, labels.grid),
                pixel_array=numbers[labels.voxels],
                segmentation_type="BINARY",
                segment_descriptions=_descriptions(hd, here),
                series_instance_uid=uid_of("seg series", *source.identity, digest),
                series_number=SERIES_NUMBER,
                sop_instance_uid=uid_of("seg", *source.identity, digest),
                instance_number=1,
                manufacturer=_MAKER,
                manufacturer_model_name=_MAKER,
                software_versions=__version__,
                device_serial_number=digest[:16],
                content_label="MEDMASK",
                content_description="bone and soft tissue by threshold",
                series_description="medmask: bone and soft tissue",
                specific_character_set="ISO_IR 192",
                **_place(hd, source, labels.grid),
            )
            return _file(made, source, digest)
    except _REFUSALS as error:
        first = str(error).partition("\n")[0]
        raise Unsupported(
            "seg.dcm", f"no segmentation of this source: {first}", "whole headers"
        ) from error


def _highdicom() -> Any:  # noqa: ANN401 - a module
    try:
        import highdicom  # an extra, and heavy
    except ImportError as error:
        raise MissingPackage("outputs.dicom_seg", "highdicom", "medmask[seg]") from error
    return highdicom


def _descriptions(hd: Any, segments: Sequence[Segment]) -> list[Any]:  # noqa: ANN401
    """Return the segments in DICOM's words, numbered from 1."""
    code = hd.sr.CodedConcept
    how = hd.AlgorithmIdentificationSequence(
        name=_MAKER, family=code("123105", "DCM", "Histogram Analysis"), version=__version__
    )
    return [
        hd.seg.SegmentDescription(
            segment_number=number,
            segment_label=segment.meaning,
            segmented_property_category=code("85756007", "SCT", "Tissue"),
            segmented_property_type=code(segment.code, "SCT", segment.meaning),
            algorithm_type="AUTOMATIC",
            algorithm_identification=how,
            display_color=hd.color.CIELabColor.from_rgb(*segment.rgb),
        )
        for number, segment in enumerate(segments, start=1)
    ]


def _referable(source: DicomSource, grid: Grid) -> list[Any]:
    """Return headers with what highdicom and the standard ask of a segmentation's source.

    What lacks a frame of reference gets that of its own series, so that no other series is said
    to lie in it; what lacks a thickness gets the distance of slices.
    """
    from pydicom.valuerep import format_number_as_ds as decimal

    referable = []
    for instance in source.instances:
        copied = copy.copy(instance)
        if not copied.get("FrameOfReferenceUID"):
            copied.FrameOfReferenceUID = uid_of("frame", str(instance.SeriesInstanceUID))
        if not copied.get("SliceThickness"):
            copied.SliceThickness = decimal(float(grid.steps[0]))
        if "PerFrameFunctionalGroupsSequence" in copied:
            copied.SharedFunctionalGroupsSequence = [_shared_groups(copied, grid)]
        referable.append(copied)
    return referable


def _shared_groups(instance: Any, grid: Grid) -> Dataset:  # noqa: ANN401
    """Return what all frames share, spacing and orientation too where they keep it one by one."""
    from pydicom import Dataset
    from pydicom.valuerep import format_number_as_ds as decimal

    given = instance.get("SharedFunctionalGroupsSequence") or [Dataset()]
    shared: Dataset = copy.copy(given[0])
    measures = copy.copy((shared.get("PixelMeasuresSequence") or [Dataset()])[0])
    if "PixelSpacing" not in measures:
        measures.PixelSpacing = [decimal(float(step)) for step in grid.steps[1:]]
    if not measures.get("SliceThickness"):
        measures.SliceThickness = decimal(float(grid.steps[0]))
    shared.PixelMeasuresSequence = [measures]
    if "PlaneOrientationSequence" not in shared:
        orientation = Dataset()
        orientation.ImageOrientationPatient = [decimal(cosine) for cosine in _cosines(grid)]
        shared.PlaneOrientationSequence = [orientation]
    return shared


def _cosines(grid: Grid) -> list[float]:
    """Return the directions of a row and of a column."""
    across, down = (grid.affine[:3, axis] / grid.steps[axis] for axis in (2, 1))
    return [float(cosine) for cosine in (*across, *down)]


def _place(hd: Any, source: DicomSource, grid: Grid) -> dict[str, Any]:  # noqa: ANN401
    """Return where the slices lie, as far as the source tells."""
    if source.positions is None:
        return {}
    measures = {"pixel_spacing": grid.steps[1:].tolist(), "slice_thickness": float(grid.steps[0])}
    system = "PATIENT"
    return {
        "plane_positions": [hd.PlanePositionSequence(system, at) for at in source.positions],
        "plane_orientation": hd.PlaneOrientationSequence(system, _cosines(grid)),
        "pixel_measures": hd.PixelMeasuresSequence(**measures),
    }


def _file(made: Any, source: DicomSource, digest: str) -> bytes:  # noqa: ANN401
    """Return the bytes, with nothing in them that differs from run to run."""
    made.ContentDate, made.ContentTime = moment_of(source.first)
    for keyword in ("InstanceCreationDate", "InstanceCreationTime"):
        if keyword in made:
            delattr(made, keyword)
    for equipment in made.get("ContributingEquipmentSequence", []):
        if equipment.get("ManufacturerModelName") == "highdicom":
            del equipment.ContributionDateTime
    organization = uid_of("seg dimensions", *source.identity, digest)
    for sequence in ("DimensionOrganizationSequence", "DimensionIndexSequence"):
        for item in made.get(sequence, []):
            item.DimensionOrganizationUID = organization
    if source.positions is None:
        made.PatientOrientation = source.first.get("PatientOrientation", "")
        # Not asked of what refers to its source (PS3.3 A.51.5.1), and without a thickness unlawful
        made.SharedFunctionalGroupsSequence[0].pop("PixelMeasuresSequence", None)
    leave_out_unlawful(made)
    buffer = io.BytesIO()
    made.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()
