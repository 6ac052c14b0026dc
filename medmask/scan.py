"""A scan as it is found: which files, in which format, under which name."""

from __future__ import annotations

from dataclasses import dataclass, field
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


class AnnotationKind(StrEnum):
    """What sort of drawing an annotation is."""

    LABEL_MAP = "label_map"
    SEG = "dicom_seg"
    RTSTRUCT = "rtstruct"
    OVERLAY_PLANE = "overlay_plane"
    PICTURE = "picture"


@dataclass(frozen=True)
class AnnotationFile:
    """What somebody drew onto a scan, as it is found.

    Attributes
    ----------
    source : str
        Path below the input of its first file.
    kind : AnnotationKind
    format : Format
        Of the first file.
    files : tuple of Path
        The drawing, then its data file if it has one, then its table of names. Overlay planes lie
        in files of the scan itself.
    name : str
        What it is called where its own names do not say.
    paired_by : str
        Why it belongs to the scan, in words.
    """

    source: str
    kind: AnnotationKind
    format: Format
    files: tuple[Path, ...]
    name: str = ""
    paired_by: str = ""


@dataclass(frozen=True)
class Extent:
    """How large a scan is, by its headers.

    Attributes
    ----------
    voxels : int
    voxel_bytes : int
        Memory that they take.
    """

    voxels: int
    voxel_bytes: int


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
    annotations : tuple of AnnotationFile
        What was drawn onto it, in the order of their sources.
    line : int
        Of the manifest that lists it; 0 for what was found below an input.
    extent : Extent or None
        What the headers told of its size when it was found; ``None`` if they were not asked.
    """

    scan_id: str
    study_id: str
    source: str
    format: Format
    files: tuple[Path, ...]
    warnings: tuple[ScanWarning, ...] = ()
    part: str = ""
    annotations: tuple[AnnotationFile, ...] = ()
    line: int = 0
    extent: Extent | None = field(default=None, compare=False)  # it follows from the files

    @property
    def all_files(self) -> tuple[Path, ...]:
        """Its files and those of what was drawn onto it, each once."""
        drawn = (path for annotation in self.annotations for path in annotation.files)
        return tuple(dict.fromkeys((*self.files, *drawn)))
