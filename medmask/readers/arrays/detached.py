"""Data files that lie beside their header."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Final

from medmask.errors import BadHeader, NotRegular

_BESIDE: Final = "header and data file in one folder"


def beside(header: Path, name: str) -> Path:
    """Return a data file that a header names.

    Parameters
    ----------
    header : Path
    name : str
        As the header has it.

    Raises
    ------
    BadHeader
        If it is not the plain name of another file: a header is no reason to open any other place.
    NotRegular
        If there is no such file, or it is a link that leads elsewhere.
    """
    plain = name.removeprefix("./")
    if plain in {"", ".", "..", header.name} or any(sign in plain for sign in "/\\\0"):
        found = f"the data file is given as {Path(plain).name!r} in another place"
        raise BadHeader(header.name, found, "the plain name of a file beside the header")
    path = header.with_name(plain)
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise NotRegular(header.name, f"its data file {plain} is not there", _BESIDE) from error
    if path.is_symlink() and target.parent != header.parent.resolve():
        found = f"its data file {plain} is a link out of the folder"
        raise NotRegular(header.name, found, _BESIDE)
    if not stat.S_ISREG(target.stat().st_mode):
        raise NotRegular(header.name, f"its data file {plain} is no regular file", _BESIDE)
    return path


def other_half(header: Path) -> Path:
    """Return the ``.img`` or ``.img.gz`` of a ``.hdr``, whatever the case of the letters.

    Parameters
    ----------
    header : Path
        ``.hdr`` or ``.hdr.gz``.

    Raises
    ------
    BadHeader
        If the header has another name.
    NotRegular
        If there is no such file.
    """
    name = header.name
    if not is_header_of_pair(header):
        raise BadHeader(name, "the header of a pair", "a name that ends in .hdr")
    at = name.lower().rindex(".hdr")
    ending = ".IMG" if name[at : at + 4].isupper() else ".img"
    packed, plain = f"{name[:at]}{ending}.gz", f"{name[:at]}{ending}"
    is_packed = header.with_name(packed).exists() and not header.with_name(plain).exists()
    return beside(header, packed if is_packed else plain)


def is_header_of_pair(path: Path) -> bool:
    """Tell whether a name is that of the header of a ``.hdr``/``.img`` pair."""
    return path.name.lower().endswith((".hdr", ".hdr.gz"))
