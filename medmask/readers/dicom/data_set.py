"""Where a DICOM data set starts, how it is encoded, and its bytes."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import BinaryIO

from medmask.errors import BadHeader, TooLarge, Truncated
from medmask.readers.dicom.transfer_syntax import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT
from medmask.readers.dicom.walk import (
    CutError,
    NonsenseError,
    Place,
    next_element,
    value_of,
    walk,
)

_WITHOUT_META = (EXPLICIT, IMPLICIT, BIG_ENDIAN)  # what a data set may be written in, as tried
_LARGEST_INFLATED = 1 << 31  # bytes of a deflated data set


def open_data_set(path: Path, transfer_syntax: str, start: int | None = None) -> BinaryIO:
    """Open a file so that the offsets of `PixelSpan` hold, inflating it if it is deflated.

    Parameters
    ----------
    path : Path
    transfer_syntax : str
    start : int, optional
        First byte behind the meta group, looked up if not given.

    Raises
    ------
    BadHeader
        If the deflated stream is broken (PS3.5 A.5).
    TooLarge
        If it inflates to more than 2 GiB.
    """
    if transfer_syntax != DEFLATED:
        return path.open("rb")
    raw = path.read_bytes()
    if start is None:
        start = read_meta(io.BytesIO(raw), len(raw))[1]
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = inflater.decompress(raw[start:], _LARGEST_INFLATED)
    except zlib.error as error:
        raise BadHeader(path.name, f"deflated data are broken: {error}", "RFC 1951") from error
    if inflater.unconsumed_tail:
        raise TooLarge(path.name, "inflates to more than 2 GiB", "a smaller data set")
    if not inflater.eof:
        raise Truncated(path.name, "the deflated stream has no end", "a whole stream")
    return io.BytesIO(raw[:start] + inflated)


def looks_like_data_set(head: bytes) -> bool:
    """Tell whether the first bytes of a file without preamble are those of a DICOM data set."""
    return any(_looks_like_elements(head, syntax) for syntax in _WITHOUT_META)


def _looks_like_elements(head: bytes, syntax: str) -> bool:
    """Tell whether bytes begin with three plausible elements of group 2 or 8 in rising order."""
    explicit, order = syntax != IMPLICIT, ">" if syntax == BIG_ENDIAN else "<"
    place = Place(io.BytesIO(head), len(head), explicit, order)
    last, seen = 0, 0
    try:
        for tag, vr, length in walk(place):
            group = tag >> 16
            if group not in {2, 8} or tag <= last or length > 1024 or (explicit and not vr):
                return False
            last, seen = tag, seen + 1
            if seen == 3:
                return True
            place.stream.seek(length, io.SEEK_CUR)
    except (CutError, NonsenseError):
        return False
    return False


def read_meta(stream: BinaryIO, size: int) -> tuple[dict[int, bytes], int]:
    """Return the meta group's values and where the data set starts."""
    stream.seek(0)
    has_preamble = stream.read(132)[128:] == b"DICM"
    stream.seek(132 if has_preamble else 0)
    place = Place(stream, size, explicit=True, order="<")  # PS3.10 7.1, always
    meta: dict[int, bytes] = {}
    start = stream.tell()
    while _peek_group(stream) == 2:
        tag, _, length = next_element(place)
        meta[tag] = value_of(place, tag, length)
        start = stream.tell()
    stream.seek(start)
    return meta, start


def _peek_group(stream: BinaryIO) -> int:
    head = stream.read(2)
    stream.seek(-len(head), io.SEEK_CUR)
    return int.from_bytes(head, "little") if len(head) == 2 else -1


def guess_syntax(stream: BinaryIO, start: int, path: Path) -> str:
    """Return the transfer syntax of a data set without one, by its first elements."""
    stream.seek(start)
    head = stream.read(4096)
    for syntax in _WITHOUT_META:
        if _looks_like_elements(head, syntax):
            return syntax
    raise BadHeader(path.name, "no transfer syntax and no plausible elements", "(0002,0010)")
