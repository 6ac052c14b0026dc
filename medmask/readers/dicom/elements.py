"""The elements of a DICOM file up to its pixels, read strictly.

A data set that ends in the middle, or whose lengths run past the end of the file, is an error here
and not a shorter data set; text is never decoded, so no character set can be in the way.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from medmask.errors import BadHeader, TooLarge, Truncated

UNDEFINED: Final = 0xFFFFFFFF
IMPLICIT: Final = "1.2.840.10008.1.2"
EXPLICIT: Final = "1.2.840.10008.1.2.1"
DEFLATED: Final = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"
FLOAT_PIXELS: Final = 0x7FE00008
DOUBLE_PIXELS: Final = 0x7FE00009
PIXELS: Final = 0x7FE00010

_LONG_VRS: Final = frozenset(
    {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
)
_SHORT_VRS: Final = frozenset(
    b"AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split()
)
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_DEEPEST = 64  # nested sequences; real files stay below 10
_LARGEST_VALUE = 1 << 16  # bytes of a value that is kept; the elements asked for are short
_LARGEST_INFLATED = 1 << 31  # bytes of a deflated data set


@dataclass(frozen=True, slots=True)
class PixelSpan:
    """Where pixel data lie.

    Attributes
    ----------
    tag : int
        ``PIXELS``, ``FLOAT_PIXELS`` or ``DOUBLE_PIXELS``.
    vr : str
        Value representation, empty in implicit VR.
    offset : int
        First byte of the value, in the file or in the inflated data set.
    length : int or None
        Bytes of the value; ``None`` if undefined (encapsulated frames).
    available : int
        Bytes from ``offset`` to the end of the file.
    """

    tag: int
    vr: str
    offset: int
    length: int | None
    available: int


@dataclass(slots=True)
class Elements:
    """The raw values that were asked for, and where the pixels lie."""

    transfer_syntax: str
    values: dict[int, bytes] = field(default_factory=dict)
    pixels: PixelSpan | None = None
    cut: str = ""  # how the data set ends before its end, empty if it is whole


@dataclass(frozen=True, slots=True)
class _Place:
    """Where elements are read from, and how they are written."""

    stream: BinaryIO
    size: int
    explicit: bool
    order: str


class _CutError(Exception):
    """The data set ends inside an element."""


class _NonsenseError(Exception):
    """Bytes that cannot be an element."""


def read_elements(path: Path, wanted: frozenset[int]) -> Elements:
    """Read elements of the main data set, stopping where the pixels begin.

    Parameters
    ----------
    path : Path
        A DICOM file, with or without preamble and meta group.
    wanted : frozenset of int
        Tags, ``group << 16 | element``; a sequence's value is empty.

    Raises
    ------
    BadHeader
        If the bytes are not DICOM elements in the stated transfer syntax.
    Truncated
        If the file ends within its meta group.
    """
    with path.open("rb") as file:
        size = path.stat().st_size
        try:
            meta, start = _read_meta(file, size)
            syntax = _text(meta.get(0x00020010, b"")) or _guess_syntax(file, start, path)
            stream = open_data_set(path, syntax, start) if syntax == DEFLATED else file
            found = Elements(syntax, {tag: meta[tag] for tag in meta if tag in wanted})
            place = _Place(
                stream,
                stream.seek(0, io.SEEK_END),
                syntax != IMPLICIT,
                ">" if syntax == BIG_ENDIAN else "<",
            )
            stream.seek(start)
            _collect(place, wanted, found)
        except _CutError as cut:
            raise Truncated(path.name, str(cut), "a whole DICOM file") from None
        except _NonsenseError as nonsense:
            raise BadHeader(path.name, str(nonsense), "DICOM elements in order") from None
    return found


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
        start = _read_meta(io.BytesIO(raw), len(raw))[1]
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


def looks_like_elements(head: bytes, *, explicit: bool) -> bool:
    """Tell whether bytes begin with three plausible elements of group 2 or 8 in rising order.

    Parameters
    ----------
    head : bytes
        The first bytes of a file without preamble, some hundred.
    explicit : bool
        Whether to expect explicit value representations.
    """
    place = _Place(io.BytesIO(head), len(head), explicit, "<")
    last, seen = 0, 0
    try:
        for tag, vr, length in _walk(place):
            group = tag >> 16
            if group not in {2, 8} or tag <= last or length > 1024 or (explicit and not vr):
                return False
            last, seen = tag, seen + 1
            if seen == 3:
                return True
            place.stream.seek(length, io.SEEK_CUR)
    except (_CutError, _NonsenseError):
        return False
    return False


def _read_meta(stream: BinaryIO, size: int) -> tuple[dict[int, bytes], int]:
    """Return the meta group's values and where the data set starts."""
    stream.seek(0)
    has_preamble = stream.read(132)[128:] == b"DICM"
    stream.seek(132 if has_preamble else 0)
    place = _Place(stream, size, explicit=True, order="<")  # PS3.10 7.1, always
    meta: dict[int, bytes] = {}
    start = stream.tell()
    while _peek_group(stream) == 2:
        tag, _, length = _next(place)
        meta[tag] = _value(place, tag, length)
        start = stream.tell()
    stream.seek(start)
    return meta, start


def _peek_group(stream: BinaryIO) -> int:
    head = stream.read(2)
    stream.seek(-len(head), io.SEEK_CUR)
    return int.from_bytes(head, "little") if len(head) == 2 else -1


def _guess_syntax(stream: BinaryIO, start: int, path: Path) -> str:
    """Return the transfer syntax of a data set without one, by its first elements."""
    stream.seek(start)
    head = stream.read(4096)
    for syntax in (EXPLICIT, IMPLICIT):
        if looks_like_elements(head, explicit=syntax == EXPLICIT):
            return syntax
    raise BadHeader(path.name, "no transfer syntax and no plausible elements", "(0002,0010)")


def _collect(place: _Place, wanted: frozenset[int], found: Elements) -> None:
    """Fill in what is wanted; a data set that is cut says so instead of raising."""
    try:
        for tag, vr, length in _walk(place):
            if tag in {FLOAT_PIXELS, DOUBLE_PIXELS, PIXELS}:
                offset = place.stream.tell()
                stated = None if length == UNDEFINED else length
                found.pixels = PixelSpan(tag, vr.decode(), offset, stated, place.size - offset)
                return
            if length == UNDEFINED or vr == b"SQ":
                if tag in wanted:
                    found.values[tag] = b""
                _skip(place, tag, vr, length)
            elif tag in wanted:
                found.values[tag] = _value(place, tag, length)
            else:
                _skip(place, tag, vr, length)
    except _CutError as cut:
        found.cut = str(cut)


def _walk(place: _Place) -> Iterator[tuple[int, bytes, int]]:
    """Yield tag, VR and length; whoever asks for the next has moved behind the value."""
    last = -1
    while place.stream.tell() < place.size:
        tag, vr, length = _next(place)
        if tag <= last:
            raise _NonsenseError(f"element {_name(tag)} comes after {_name(last)}")
        last = tag
        yield tag, vr, length


def _next(place: _Place) -> tuple[int, bytes, int]:
    head = _exactly(place, 8)
    group, element = struct.unpack_from(place.order + "HH", head)
    tag = group << 16 | element
    if not place.explicit or group == 0xFFFE:
        return tag, b"", struct.unpack_from(place.order + "I", head, 4)[0]
    vr = head[4:6]
    if vr in _SHORT_VRS:
        return tag, vr, struct.unpack_from(place.order + "H", head, 6)[0]
    if vr in _LONG_VRS:
        return tag, vr, struct.unpack(place.order + "I", _exactly(place, 4))[0]
    raise _NonsenseError(f"element {_name(tag)} has no value representation of PS3.5 6.2")


def _value(place: _Place, tag: int, length: int) -> bytes:
    if length > _LARGEST_VALUE:
        if length > place.size - place.stream.tell():
            raise _CutError(f"element {_name(tag)} has {length} bytes, the file ends before")
        raise _NonsenseError(f"element {_name(tag)} has {length} bytes")
    return _exactly(place, length)


def _skip(place: _Place, tag: int, vr: bytes, length: int, depth: int = 0) -> None:
    """Move behind a value; sequences of undefined length are walked through."""
    if length != UNDEFINED:
        if length > place.size - place.stream.tell():
            raise _CutError(f"element {_name(tag)} has {length} bytes, the file ends before")
        place.stream.seek(length, io.SEEK_CUR)
        return
    if depth > _DEEPEST:
        raise _NonsenseError(f"sequences are nested more than {_DEEPEST} deep")
    # PS3.5 6.2.2 note 2: UN of undefined length holds a sequence in implicit VR little endian
    inner = _Place(place.stream, place.size, explicit=False, order="<") if vr == b"UN" else place
    while True:
        item, _, item_length = _next(inner)
        if item == _SEQUENCE_END:
            return
        if item != _ITEM:
            raise _NonsenseError(f"element {_name(item)} stands in a sequence where an item should")
        if item_length == UNDEFINED:
            _skip_item(inner, depth)
        else:
            _skip(inner, item, b"", item_length)


def _skip_item(place: _Place, depth: int) -> None:
    while True:
        tag, vr, length = _next(place)
        if tag == _ITEM_END:
            return
        _skip(place, tag, vr, length, depth + 1)


def _exactly(place: _Place, count: int) -> bytes:
    data = place.stream.read(count)
    if len(data) != count:
        raise _CutError(f"the file ends after {place.size} bytes, inside an element")
    return data


def _text(value: bytes) -> str:
    return value.decode("ascii", "replace").strip(" \0")


def _name(tag: int) -> str:
    return f"({tag >> 16:04x},{tag & 0xFFFF:04x})"
