"""A scan as it is found: which files, in which format, under which name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from medmask.outcome import ScanWarning


class Format(StrEnum):
    """What a file is by its first bytes, whatever its name says."""

    DICOM = "dicom"
    NIFTI = "nifti"
    ANALYZE = "analyze"
    NRRD = "nrrd"
    META = "meta"
    PNG = "png"
    JPEG = "jpeg"
    TIFF = "tiff"


@dataclass(frozen=True)
class Scan:
    """One image volume to be masked: a DICOM series, a NIfTI file, a picture.

    Attributes
    ----------
    scan_id : str
        Unique in a run, safe as a folder name on every file system, the same for the same input.
    study_id : str
        Shared by the scans of one DICOM study; otherwise the scan's own id.
    source : str
        Path relative to the input, with ``/``: the file, or the folder that holds the series.
    format : Format
        The files' format.
    files : tuple of Path
        The files, in any order.
    warnings : tuple of ScanWarning
        What was noticed when the scan was found.
    part : str
        Which stack of a multi-frame DICOM file it is, empty if it is all that the files hold.
    """

    scan_id: str
    study_id: str
    source: str
    format: Format
    files: tuple[Path, ...]
    warnings: tuple[ScanWarning, ...] = ()
    part: str = ""
