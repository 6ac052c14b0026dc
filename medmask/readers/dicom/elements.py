"""The elements of a DICOM file up to its pixels, read strictly.

A data set that ends in the middle, or whose lengths run past the end of the file, is an error here
and not a shorter data set; text is never decoded, so no character set can be in the way.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from medmask.errors import BadHeader, Truncated
from medmask.readers.dicom.data_set import guess_syntax, open_data_set, read_meta
from medmask.readers.dicom.items import Item, Wanted, read_items
from medmask.readers.dicom.transfer_syntax import BIG_ENDIAN, DEFLATED, IMPLICIT
from medmask.readers.dicom.walk import (
    UNDEFINED,
    CutError,
    NonsenseError,
    Place,
    skip,
    value_of,
    walk,
)

FLOAT_PIXELS: Final = 0x7FE00008
DOUBLE_PIXELS: Final = 0x7FE00009
PIXELS: Final = 0x7FE00010


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
    sequences: dict[int, tuple[Item, ...]] = field(default_factory=dict)
    pixels: PixelSpan | None = None
    cut: str = ""  # how the data set ends before its end, empty if it is whole


def read_elements(path: Path, wanted: Wanted) -> Elements:
    """Read elements of the main data set, stopping where the pixels begin.

    Parameters
    ----------
    path : Path
        A DICOM file, with or without preamble and meta group.
    wanted : Wanted
        A sequence among the values has the value ``b""`` if it is there.

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
            meta, start = read_meta(file, size)
            syntax = _text(meta.get(0x00020010, b"")) or guess_syntax(file, start, path)
            stream = open_data_set(path, syntax, start) if syntax == DEFLATED else file
            found = Elements(syntax, {tag: meta[tag] for tag in meta if tag in wanted.values})
            place = Place(
                stream,
                stream.seek(0, io.SEEK_END),
                syntax != IMPLICIT,
                ">" if syntax == BIG_ENDIAN else "<",
            )
            stream.seek(start)
            _collect(place, wanted, found)
        except CutError as cut:
            raise Truncated(path.name, str(cut), "a whole DICOM file") from None
        except NonsenseError as nonsense:
            raise BadHeader(path.name, str(nonsense), "DICOM elements in order") from None
    return found


def _collect(place: Place, wanted: Wanted, found: Elements) -> None:
    """Fill in what is wanted; a data set that is cut says so instead of raising."""
    try:
        for tag, vr, length in walk(place):
            if tag in {FLOAT_PIXELS, DOUBLE_PIXELS, PIXELS}:
                offset = place.stream.tell()
                stated = None if length == UNDEFINED else length
                found.pixels = PixelSpan(tag, vr.decode(), offset, stated, place.size - offset)
                return
            if tag in wanted.sequences:
                found.sequences[tag] = read_items(place, (tag, vr, length), wanted)
            elif length == UNDEFINED or vr == b"SQ":
                if tag in wanted.values:
                    found.values[tag] = b""
                skip(place, tag, vr, length)
            elif tag in wanted.values:
                found.values[tag] = value_of(place, tag, length)
            else:
                skip(place, tag, vr, length)
    except CutError as cut:
        found.cut = str(cut)


def _text(value: bytes) -> str:
    return value.decode("ascii", "replace").strip(" \0")
