"""One annotation's file as annotations of its scan, by the reader of its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from medmask.annotations.data_set import understood
from medmask.annotations.dicom_seg import read_dicom_seg
from medmask.annotations.label_map import read_label_map
from medmask.annotations.overlay_plane import read_overlay_planes
from medmask.annotations.picture import read_picture
from medmask.annotations.result import Reading
from medmask.annotations.rtstruct import read_rtstruct
from medmask.errors import TooLarge
from medmask.grid import Grid
from medmask.scan import AnnotationFile, AnnotationKind, Format, Scan

Reader = Callable[[AnnotationFile, Scan, Grid], Reading]

READERS: Final[dict[AnnotationKind, Reader]] = {
    AnnotationKind.LABEL_MAP: read_label_map,
    AnnotationKind.SEG: read_dicom_seg,
    AnnotationKind.RTSTRUCT: read_rtstruct,
    AnnotationKind.OVERLAY_PLANE: read_overlay_planes,
    AnnotationKind.PICTURE: read_picture,
}


def read_annotation(file: AnnotationFile, scan: Scan, grid: Grid) -> Reading:
    """Read what somebody drew onto a scan.

    Parameters
    ----------
    file : AnnotationFile
    scan : Scan
        That it was paired with.
    grid : Grid
        The scan's, on which the annotations come to lie.

    Returns
    -------
    Reading

    Raises
    ------
    ScanError
        If the file is damaged, not understood, or does not belong onto this scan; never anything
        else for bad input.
    """
    where = file.files[0].name
    try:
        if file.format is not Format.DICOM:
            return READERS[file.kind](file, scan, grid)
        with understood(where):
            return READERS[file.kind](file, scan, grid)
    except MemoryError as error:
        raise TooLarge(where, "more voxels than memory", "a smaller annotation") from error
