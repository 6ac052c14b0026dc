"""Where the frames of encapsulated pixel data lie (PS3.5 A.4)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from medmask.errors import Damaged, Truncated
from medmask.readers.dicom.codestream import starts_stream
from medmask.readers.dicom.walk import ITEM, SEQUENCE_END


@dataclass(frozen=True, slots=True)
class Fragment:
    """A stretch of bytes in a file.

    Attributes
    ----------
    offset, length : int
    starts : bool
        Whether a JPEG or JPEG 2000 code stream begins here.
    """

    offset: int
    length: int
    starts: bool


_HEADER: Final = struct.Struct("<HHI")  # encapsulated data are always little endian


def frame_fragments(
    stream: BinaryIO, offset: int, frames: int, where: str
) -> tuple[tuple[Fragment, ...], ...]:
    """Return the fragments of each frame, in their order.

    Parameters
    ----------
    stream : BinaryIO
    offset : int
        Of the first item, which is the offset table.
    frames : int
        How many there are.
    where : str
        Names the file in errors.

    Raises
    ------
    Truncated
        If the bytes end inside a fragment.
    Damaged
        If the fragments cannot be those of so many frames.

    Notes
    -----
    The offset table is not believed: it may be empty or wrong, and code streams tell themselves
    where they begin. Frames of RLE have no such beginning, but one fragment each.
    """
    _, *fragments = _fragments(stream, offset, where)
    starts = [k for k, fragment in enumerate(fragments) if fragment.starts]
    if len(starts) == frames and starts[:1] == [0]:
        ends = [*starts[1:], len(fragments)]
        return tuple(tuple(fragments[a:b]) for a, b in zip(starts, ends, strict=True))
    if len(fragments) == frames:
        return tuple((fragment,) for fragment in fragments)
    if frames == 1 and fragments and len(starts) < 2:
        return (tuple(fragments),)
    found = f"{len(fragments)} fragments with {len(starts)} beginnings for {frames} frames"
    raise Damaged(where, found, "a code stream for each frame")


def _fragments(stream: BinaryIO, offset: int, where: str) -> Sequence[Fragment]:
    """Return the offset table and all fragments."""
    size = stream.seek(0, 2)
    found: list[Fragment] = []
    at = offset
    while at + _HEADER.size <= size:
        stream.seek(at)
        head = stream.read(_HEADER.size + 32)
        group, element, length = _HEADER.unpack_from(head)
        tag = group << 16 | element
        if tag == SEQUENCE_END:
            break
        if tag != ITEM:
            raise Damaged(where, f"({group:04x},{element:04x}) among the fragments", "PS3.5 A.4")
        at += _HEADER.size
        if at + length > size:
            raise Truncated(where, f"{size - at} of {length} bytes of a fragment", "all of it")
        found.append(Fragment(at, length, starts_stream(head[_HEADER.size :])))
        at += length
    if not found:
        raise Damaged(where, "no item where the offset table should be", "PS3.5 A.4")
    return found
