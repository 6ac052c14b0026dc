"""One scan's files as a volume, by the reader of their format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from medmask.readers.arrays.read import OPENERS, read_array
from medmask.readers.border import reading
from medmask.readers.dicom.volume import read_series
from medmask.readers.options import ReadOptions, options_for
from medmask.readers.pictures.image import read_pictures
from medmask.scan import Format, Scan
from medmask.volume import Volume

Reader = Callable[[tuple[Path, ...], ReadOptions, str], Volume]


def _array(kind: Format) -> Reader:
    """Return the reader of files that are one array with a header; it is the first file."""
    return lambda files, options, part: read_array(files[0], kind, options, part)


def _pictures(files: tuple[Path, ...], options: ReadOptions, _part: str) -> Volume:
    return read_pictures(files, options)


READERS: Final[dict[Format, Reader]] = {
    Format.DICOM: read_series,
    **{kind: _array(kind) for kind in OPENERS},
    Format.PNG: _pictures,
    Format.JPEG: _pictures,
    Format.TIFF: _pictures,
}


def read(scan: Scan, options: ReadOptions | None = None) -> Volume:
    """Read a scan's files.

    Parameters
    ----------
    scan : Scan
        Its format is that of the files' content, see `sniff`.
    options : ReadOptions, optional

    Returns
    -------
    Volume

    Raises
    ------
    ScanError
        For whatever is damaged, not understood or no scan; never anything else for bad input.
    """
    where = scan.files[0].name
    chosen = options_for(scan, options or ReadOptions())
    with reading(where):
        return READERS[scan.format](scan.files, chosen, scan.part)
