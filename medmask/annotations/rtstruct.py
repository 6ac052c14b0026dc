"""RT structure sets: contours in the world to masks on a scan's slices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from medmask.annotation import Annotation
from medmask.annotations.contours import Contour, Rasterised, rasterise
from medmask.annotations.data_set import (
    demand_same_subject,
    numbers,
    read_data_set,
    sequence,
    text_of,
    whole_number,
    without_identity,
)
from medmask.annotations.packing import Packing
from medmask.annotations.result import Reading
from medmask.errors import BadHeader, MissingGeometry, ScanError, Truncated
from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.scan import AnnotationFile, Scan

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_CLOSED: Final = frozenset({"CLOSED_PLANAR", "CLOSEDPLANAR_XOR", "CLOSED_PLANAR_XOR"})
_DIGITS: Final = b"0123456789+-.eE \\\0"


@dataclass(frozen=True, eq=False)
class _Roi:
    """A region of interest: its name, its colour and its closed contours."""

    name: str
    colour: str | None
    contours: tuple[Contour, ...]
    left_out: tuple[str, ...]


def read_rtstruct(file: AnnotationFile, scan: Scan, grid: Grid) -> Reading:
    """Return the regions of a structure set as masks on a scan's grid.

    A voxel belongs to a region if its centre lies inside an odd number of the region's contours on
    its slice; so holes, keyholes and islands are what they look like.

    Parameters
    ----------
    file : AnnotationFile
    scan : Scan
    grid : Grid
        The scan's.

    Raises
    ------
    OtherPatient, OtherFrameOfReference
        If it was drawn on something else.
    MissingGeometry
        If the scan has no place in the world.
    NoOverlap
        If no region lies inside the scan.
    ObliqueContours
        If none lies in planes of the scan's grid.

    References
    ----------
    DICOM PS3.3 C.8.8.6, ROI Contour Module.
    """
    where = file.files[0].name
    dataset = read_data_set(file.files[0], pixels=False)
    demand_same_subject(dataset, scan, where)
    if not grid.oriented:
        found = "contours in millimetres for a scan that has no place in the world"
        raise MissingGeometry(where, found, "a scan with position and orientation")
    packing = Packing(grid.shape)
    made: list[tuple[_Roi, Rasterised, int, int]] = []
    refused: list[ScanError] = []
    notes: list[ScanWarning] = []
    for roi in _rois(dataset, where):
        notes += _left_out(roi)
        if not roi.contours:
            continue
        try:
            drawn = rasterise(roi.contours, grid, f"{where}, {roi.name}")
        except ScanError as error:
            refused.append(error)
            continue
        sheet, value = packing.add(drawn.mask)
        made.append((roi, drawn, sheet, value))
    if not made and refused:
        raise refused[0]
    sheets = packing.sheets()
    annotations = tuple(
        Annotation(
            name=roi.name,
            kind=file.kind,
            source=file.source,
            voxels=sheets[sheet],
            value=value,
            verdict=drawn.verdict,
            colour=roi.colour,
        )
        for roi, drawn, sheet, value in made
    )
    return Reading(annotations, tuple(notes), tuple(refused))


def _rois(dataset: Dataset, where: str) -> list[_Roi]:
    """Return the regions that have contours, in the order of their numbers."""
    names = {
        whole_number(item, "ROINumber", where): text_of(item, "ROIName")
        for item in sequence(dataset, "StructureSetROISequence")
    }
    found = []
    for item in sequence(dataset, "ROIContourSequence"):
        number = whole_number(item, "ReferencedROINumber", where)
        name = without_identity(names.get(number, ""), dataset, f"roi {number}")
        contours, left_out = [], []
        for contour in sequence(item, "ContourSequence"):
            kind = text_of(contour, "ContourGeometricType").upper()
            if kind in _CLOSED:
                contours.append(_points(contour, where))
            else:
                left_out.append(kind or "a contour without a type")
        found.append(
            (number or 0, _Roi(name, _colour(item, where), tuple(contours), tuple(left_out)))
        )
    if not found:
        raise BadHeader(where, "a structure set without ROI contours", "(3006,0039)")
    return [roi for _, roi in sorted(found, key=lambda pair: pair[0])]


def _points(contour: Dataset, where: str) -> NDArray[np.float64]:
    """Return a contour's points, LPS+ mm, shape (points, 3)."""
    raw = contour.get_item("ContourData")
    value = b"" if raw is None else raw.value
    if not isinstance(value, bytes):
        value = "\\".join(map(str, value or ())).encode()
    if value.translate(None, _DIGITS):
        raise BadHeader(where, "Contour Data (3006,0050) that are no numbers", "decimal strings")
    try:
        flat = np.array(value.strip(b" \0").split(b"\\") if value.strip() else [], np.bytes_)
        found = flat.astype(np.float64)
    except ValueError as error:
        raise BadHeader(where, "Contour Data (3006,0050) that are no numbers", "numbers") from error
    if not np.isfinite(found).all():
        raise BadHeader(where, "Contour Data (3006,0050) beyond all numbers", "numbers")
    stated = whole_number(contour, "NumberOfContourPoints", where)
    if found.size % 3 or (stated is not None and stated * 3 != found.size):
        text = f"{found.size} numbers in a contour of {stated} points"
        raise Truncated(where, text, "three for each point")
    return found.reshape(-1, 3)


def _colour(item: Dataset, where: str) -> str | None:
    rgb = numbers(item, "ROIDisplayColor", 3, where)
    if rgb is None or not all(0 <= one <= 255 for one in rgb):
        return None
    return "#" + "".join(f"{int(one):02x}" for one in rgb)


def _left_out(roi: _Roi) -> list[ScanWarning]:
    if not roi.left_out:
        return []
    kinds = ", ".join(sorted(set(roi.left_out)))
    text = f"{roi.name}: {len(roi.left_out)} contours enclose nothing and were left out ({kinds})"
    return [ScanWarning("open_contours", text)]
