"""Which other files a header's file needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from medmask.readers.arrays import meta, nifti, nrrd
from medmask.readers.arrays.detached import other_half
from medmask.readers.border import reading
from medmask.scan import Format


def companions(path: Path, format: Format) -> tuple[Path, ...]:  # noqa: A002
    """Return the data files that a header names, none for files that hold everything.

    Parameters
    ----------
    path : Path
        The file with the header.
    format : Format
        By content.

    Raises
    ------
    ScanError
        If a header needs a data file and names none that can be opened; see `beside`.
    """
    finder = _FINDERS.get(format)
    if finder is None:
        return ()
    with reading(path.name):
        found = finder(path)
    return (found,) if found is not None else ()


_FINDERS: Final[dict[Format, Callable[[Path], Path | None]]] = {
    Format.NIFTI: nifti.data_file,
    Format.ANALYZE: other_half,
    Format.NRRD: nrrd.data_file,
    Format.META: meta.data_file,
}
