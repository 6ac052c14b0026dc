"""Pictures of slices -> a series of secondary captures, which every PACS shows."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from medmask.dicom_source import DicomSource, SliceSource, uid_of
from medmask.grid import Grid
from medmask.writers.dicom_identity import leave_out_unlawful, moment_of

if TYPE_CHECKING:
    from pydicom.dataset import Dataset, FileDataset

SERIES_NUMBER: Final = 7702  # behind those of scanners
_SHARED: Final = (  # of patient, study and acquisition; copied if the source has them
    *("StudyInstanceUID", "Modality", "Laterality"),
    *("PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex"),
    *("PatientAge", "PatientSize", "PatientWeight", "PatientIdentityRemoved"),
    *("DeidentificationMethod", "DeidentificationMethodCodeSequence"),
    *("StudyDate", "StudyTime", "ReferringPhysicianName", "StudyID", "AccessionNumber"),
    "StudyDescription",
)
_LOSSY: Final = (
    *("LossyImageCompression", "LossyImageCompressionRatio", "LossyImageCompressionMethod"),
)


def secondary_capture(
    picture: NDArray[np.uint8], index: int, grid: Grid, source: DicomSource, facts: tuple[str, str]
) -> bytes:
    """Return the picture of one slice as a DICOM Secondary Capture.

    Parameters
    ----------
    picture : ndarray of uint8, shape (rows, columns, 3)
        The slice with its layers, pixel for pixel.
    index : int
        Of the slice.
    grid : Grid
        Of the scan.
    source : DicomSource
        Of the scan.
    facts : tuple of (str, str)
        What is to be seen, in a sentence, and a digest of all that it hangs on; UIDs are made of
        the digest and of the source.

    Returns
    -------
    bytes
        A DICOM file, the same bytes for the same arguments.

    Notes
    -----
    A new series in the source's study. Of patient and study it tells what the source tells, as
    far as it is lawful, and nothing else of the source but its modality; the source's instances
    are referred to. Dates are the source's.

    References
    ----------
    DICOM PS3.3 A.8.1, Secondary Capture Image IOD.
    """
    derivation, digest = facts
    made = _new_file(uid_of("capture", *source.identity, str(index), digest))
    made.SpecificCharacterSet = "ISO_IR 192"  # UTF-8: holds whatever the source's set holds
    made.Laterality = ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is unlawful in the source: it is left out below
        for keyword in _SHARED:
            if keyword in source.first:
                made.add(source.first[keyword])
    made.SeriesInstanceUID = uid_of("capture series", *source.identity, digest)
    made.SeriesNumber = SERIES_NUMBER
    made.SeriesDescription = "medmask: overlay"
    made.InstanceNumber = index + 1
    made.ConversionType = "WSD"  # workstation
    made.ImageType = ["DERIVED", "SECONDARY"]
    made.DerivationDescription = derivation
    made.ContentDate, made.ContentTime = moment_of(source.first)
    made.PatientOrientation = _orientation(grid) or source.first.get("PatientOrientation", "")
    made.BurnedInAnnotation = source.first.get("BurnedInAnnotation") or "NO"
    made.SourceImageSequence = [_reference(source, part) for part in source.slices[index]]
    _add_lossy(made, source)
    _add_pixels(made, picture, grid)
    leave_out_unlawful(made)
    buffer = io.BytesIO()
    made.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def _new_file(uid: str) -> FileDataset:
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import UID, ExplicitVRLittleEndian, SecondaryCaptureImageStorage

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = UID(uid)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    made.SOPClassUID = SecondaryCaptureImageStorage
    made.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    return made


def _orientation(grid: Grid) -> list[str]:
    """Return what rows and columns run towards: a letter, and for a slanted axis a second one."""
    if not grid.oriented:
        return []
    return [_towards(grid.affine[:3, axis]) for axis in (2, 1)]


def _towards(direction: NDArray[np.float64]) -> str:
    """Return letters of a direction by weight, those of at least a tenth (PS3.3 C.7.6.1.1.1)."""
    cosines = direction / np.linalg.norm(direction)
    letters = ["LR"[int(cosines[0] < 0)], "PA"[int(cosines[1] < 0)], "HF"[int(cosines[2] < 0)]]
    order = np.argsort(-np.abs(cosines), kind="stable")
    return "".join(letters[k] for k in order if abs(cosines[k]) >= 0.1)


def _reference(source: DicomSource, part: SliceSource) -> Dataset:
    import pydicom

    instance = source.instances[part.instance]
    item = pydicom.Dataset()
    item.ReferencedSOPClassUID = instance.SOPClassUID
    item.ReferencedSOPInstanceUID = instance.SOPInstanceUID
    if part.frame is not None:
        item.ReferencedFrameNumber = part.frame + 1
    return item


def _add_lossy(made: Dataset, source: DicomSource) -> None:
    """Keep that the source was once compressed with loss (PS3.3 C.7.6.1.1.5)."""
    for keyword in _LOSSY:
        if source.first.get(keyword):
            made.add(source.first[keyword])


def _add_pixels(made: Dataset, picture: NDArray[np.uint8], grid: Grid) -> None:
    from pydicom.valuerep import format_number_as_ds as decimal

    made.SamplesPerPixel = 3
    made.PhotometricInterpretation = "RGB"
    made.PlanarConfiguration = 0
    made.Rows, made.Columns = picture.shape[:2]
    made.BitsAllocated = made.BitsStored = 8
    made.HighBit = 7
    made.PixelRepresentation = 0
    _, down, across = grid.spacing_mm
    if down is not None and across is not None:
        made.PixelSpacing = [decimal(down), decimal(across)]
    content = np.ascontiguousarray(picture).tobytes()
    made.PixelData = content + b"\0" * (len(content) % 2)
