"""Compressed frames as arrays, whichever library decodes them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO, Final, cast

from numpy.typing import NDArray

from medmask.errors import BadHeader, Damaged, Truncated, UnsupportedPixels
from medmask.readers.border import decoding
from medmask.readers.dicom.codestream import frame_size, has_end
from medmask.readers.dicom.fragments import Fragment
from medmask.readers.dicom.frame import StoredFrame
from medmask.readers.dicom.itk_frame import EncodedFrame, decode_with_itk
from medmask.readers.dicom.transfer_syntax import DECODED_BY_ITK, RLE, encoding_name

_LARGEST_FRAME: Final = 1 << 31  # bytes of one compressed frame


def code_stream(frame: StoredFrame, stream: BinaryIO, fragments: Sequence[Fragment]) -> bytes:
    """Return one frame's code stream, checked for size and end.

    Parameters
    ----------
    frame : StoredFrame
    stream : BinaryIO
        The open file.
    fragments : sequence of Fragment
        The frame's.

    Raises
    ------
    Truncated, BadHeader
        If it has no end, or another size than the header says.
    """
    where = frame.header.path.name
    if sum(fragment.length for fragment in fragments) > _LARGEST_FRAME:
        raise UnsupportedPixels(where, "a compressed frame beyond 2 GiB", "smaller frames")
    pieces = []
    for fragment in fragments:
        stream.seek(fragment.offset)
        pieces.append(stream.read(fragment.length))
    encoded = b"".join(pieces)
    if frame.header.transfer_syntax == RLE:
        return encoded
    if not has_end(encoded):
        raise Truncated(where, "the code stream has no end marker", "a whole code stream")
    size = frame_size(encoded)
    if size != (frame.rows, frame.columns, 1):
        stated = "unreadable" if size is None else f"{size[0]} x {size[1]} x {size[2]}"
        raise BadHeader(
            where,
            f"the code stream is {stated}, the header says {frame.rows} x {frame.columns} x 1",
            "both the same",
        )
    return encoded


def decoded(frame: StoredFrame, encoded: bytes) -> NDArray[Any]:
    """Return a compressed frame's values, shape (rows, columns), in the frame's type.

    Raises
    ------
    Damaged
        If it does not decode, or to another size.
    """
    where, syntax = frame.header.path.name, frame.header.transfer_syntax
    decode = _by_itk if syntax in DECODED_BY_ITK else _by_pydicom

    def damaged(said: str) -> Damaged:
        found = f"{encoding_name(syntax)} frame does not decode: {said}"
        return Damaged(where, found, "a whole frame")

    with decoding(damaged):
        values = decode(frame, encoded)
    if values.shape != (frame.rows, frame.columns):
        found = f"a frame decodes to {values.shape}"
        raise Damaged(where, found, f"{frame.rows} x {frame.columns}")
    return values.astype(frame.dtype, copy=False)


def _by_itk(frame: StoredFrame, encoded: bytes) -> NDArray[Any]:
    return decode_with_itk(
        EncodedFrame(
            transfer_syntax=frame.header.transfer_syntax,
            rows=frame.rows,
            columns=frame.columns,
            bits_allocated=8 * frame.dtype.itemsize,
            bits_stored=frame.bits_stored,
            is_signed=frame.dtype.kind == "i",
            content=encoded,
        )
    )


def _by_pydicom(frame: StoredFrame, encoded: bytes) -> NDArray[Any]:
    from pydicom.pixels.decoders.base import get_decoder

    decoder = get_decoder(frame.header.transfer_syntax)
    # pydicom types its options as one dictionary, not as keywords
    as_array = cast("Callable[..., tuple[NDArray[Any], object]]", decoder.as_array)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values, _ = as_array(
            _one_item(encoded),
            index=0,
            raw=True,
            rows=frame.rows,
            columns=frame.columns,
            samples_per_pixel=1,
            number_of_frames=1,
            bits_allocated=8 * frame.dtype.itemsize,
            bits_stored=frame.bits_stored,
            pixel_representation=int(frame.dtype.kind == "i"),
            photometric_interpretation=frame.header.layout.photometric or "MONOCHROME2",
            pixel_keyword="PixelData",
        )
    return values


def _one_item(encoded: bytes) -> bytes:
    """Return a frame as an empty offset table and one item (PS3.5 A.4)."""
    padded = encoded + b"\0" * (len(encoded) % 2)
    item = b"\xfe\xff\x00\xe0"
    return item + b"\0\0\0\0" + item + len(padded).to_bytes(4, "little") + padded
