"""DICOM elements one after the other, as bytes say them (PS3.5 7)."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

UNDEFINED: Final = 0xFFFFFFFF

_LONG_VRS: Final = frozenset(
    {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
)
_SHORT_VRS: Final = frozenset(
    b"AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split()
)
ITEM: Final = 0xFFFEE000
ITEM_END: Final = 0xFFFEE00D
SEQUENCE_END: Final = 0xFFFEE0DD
_DEEPEST = 64  # nested sequences; real files stay below 10
_MOST_ASTRAY = 16  # elements out of order; real writers append a handful
_FIRST_GROUP, _PIXEL_GROUP = 0x0008, 0x7FE0
_LARGEST_VALUE = 1 << 17  # bytes of a value that is kept: a table of 65,536 entries


@dataclass(frozen=True, slots=True)
class Place:
    """Where elements are read from, and how they are written."""

    stream: BinaryIO
    size: int
    explicit: bool
    order: str


class CutError(Exception):
    """The data set ends inside an element."""


class NonsenseError(Exception):
    """Bytes that cannot be an element."""


def walk(place: Place) -> Iterator[tuple[int, bytes, int]]:
    """Yield tag, VR and length; whoever asks for the next has moved behind the value.

    Some writers append elements behind the place where PS3.5 7.1 wants them. A few such are taken;
    many, or a tag that occurs twice, or one of a group that no data set has, are no DICOM.
    """
    last, astray = -1, 0
    seen: set[int] = set()
    while place.stream.tell() < place.size:
        tag, vr, length = next_element(place)
        if tag in seen:
            raise NonsenseError(f"element {name_of(tag)} occurs twice")
        if tag < last:
            astray += 1
            if astray > _MOST_ASTRAY or not _FIRST_GROUP <= tag >> 16 <= _PIXEL_GROUP:
                raise NonsenseError(f"element {name_of(tag)} comes after {name_of(last)}")
        seen.add(tag)
        last = tag
        yield tag, vr, length


def next_element(place: Place) -> tuple[int, bytes, int]:
    """Return tag, VR (empty if implicit) and length of the element at hand.

    Raises
    ------
    CutError
        If the bytes end before the value.
    NonsenseError
        If there is no such value representation.
    """
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
    raise NonsenseError(f"element {name_of(tag)} has no value representation of PS3.5 6.2")


def value_of(place: Place, tag: int, length: int) -> bytes:
    """Return the value at hand; raise `NonsenseError` if it is larger than any asked for."""
    if length > _LARGEST_VALUE:
        if length > place.size - place.stream.tell():
            raise CutError(f"element {name_of(tag)} has {length} bytes, the file ends before")
        raise NonsenseError(f"element {name_of(tag)} has {length} bytes")
    return _exactly(place, length)


def skip(place: Place, tag: int, vr: bytes, length: int, depth: int = 0) -> None:
    """Move behind a value; sequences of undefined length are walked through."""
    if length != UNDEFINED:
        if length > place.size - place.stream.tell():
            raise CutError(f"element {name_of(tag)} has {length} bytes, the file ends before")
        place.stream.seek(length, io.SEEK_CUR)
        return
    if depth > _DEEPEST:
        raise NonsenseError(f"sequences are nested more than {_DEEPEST} deep")
    # PS3.5 6.2.2 note 2: UN of undefined length holds a sequence in implicit VR little endian
    inner = Place(place.stream, place.size, explicit=False, order="<") if vr == b"UN" else place
    while True:
        item, _, item_length = next_element(inner)
        if item == SEQUENCE_END:
            return
        if item != ITEM:
            raise NonsenseError(
                f"element {name_of(item)} stands in a sequence where an item should"
            )
        if item_length == UNDEFINED:
            _skip_item(inner, depth)
        else:
            skip(inner, item, b"", item_length)


def _skip_item(place: Place, depth: int) -> None:
    while True:
        tag, vr, length = next_element(place)
        if tag == ITEM_END:
            return
        skip(place, tag, vr, length, depth + 1)


def _exactly(place: Place, count: int) -> bytes:
    data = place.stream.read(count)
    if len(data) != count:
        raise CutError(f"the file ends after {place.size} bytes, inside an element")
    return data


def name_of(tag: int) -> str:
    """Return a tag as the standard writes it."""
    return f"({tag >> 16:04x},{tag & 0xFFFF:04x})"
