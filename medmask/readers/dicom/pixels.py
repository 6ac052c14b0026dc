"""One DICOM frame's stored values, exactly as the header describes them or not at all."""

from __future__ import annotations

from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from medmask.errors import Truncated
from medmask.readers.dicom.data_set import open_data_set
from medmask.readers.dicom.decode import decoded, encapsulated
from medmask.readers.dicom.frame import StoredFrame
from medmask.readers.dicom.header import Header
from medmask.readers.dicom.transfer_syntax import BIG_ENDIAN, NATIVE


def read_frame(frame: StoredFrame, padding: int | None = None) -> NDArray[Any]:
    """Read one frame's stored values.

    Parameters
    ----------
    frame : StoredFrame
    padding : int, optional
        A padding value, which may lie beyond the stored bits and is kept as it is.

    Returns
    -------
    ndarray, shape (rows, columns)
        In the frame's own type; bits that are not pixel value are cleared.

    Raises
    ------
    Truncated, Damaged
        If the bytes do not decode to exactly rows x columns values.
    """
    header = frame.header
    with open_data_set(header.path, header.transfer_syntax) as stream:
        stream.seek(frame.span.offset)
        if header.transfer_syntax in NATIVE:
            return _clean(_native(frame, stream), frame, padding)
        encoded = encapsulated(frame, stream)
    return _clean(decoded(frame, encoded), frame, padding)


def pixel_bytes(header: Header) -> bytes:
    """Return an instance's pixel data as they lie in the file, to tell copies by."""
    span = header.layout.span
    if span is None:
        return b""
    with open_data_set(header.path, header.transfer_syntax) as stream:
        stream.seek(span.offset)
        return stream.read(span.available if span.length is None else span.length)


def _native(frame: StoredFrame, stream: BinaryIO) -> NDArray[Any]:
    is_big = frame.header.transfer_syntax == BIG_ENDIAN
    count = frame.bytes_needed
    swapped_words = is_big and frame.dtype.itemsize == 1 and frame.span.vr == "OW"
    data = bytearray(stream.read(count + (count % 2 if swapped_words else 0)))
    if swapped_words:  # PS3.5 8.1.2: bytes lie in words, and words are big endian
        data = bytearray(np.frombuffer(data, "<u2").byteswap().tobytes())[:count]
    if len(data) != count:
        raise Truncated(frame.header.path.name, f"{len(data)} of {count} bytes", "all pixel data")
    values = np.frombuffer(data, frame.dtype.newbyteorder(">" if is_big else "<"))
    return values.reshape(frame.rows, frame.columns).astype(frame.dtype, copy=False)


def _clean(values: NDArray[Any], frame: StoredFrame, padding: int | None) -> NDArray[Any]:
    """Clear the bits that are not pixel value and carry the sign from the high bit."""
    width = 8 * frame.dtype.itemsize
    if frame.is_float or frame.bits_stored == width:
        return values
    # PS3.5 8.1.1: unused bits may hold anything; up to the top and back down spreads the sign
    cleaned: NDArray[Any] = np.left_shift(values, width - 1 - frame.high_bit)
    np.right_shift(cleaned, width - frame.bits_stored, out=cleaned)
    if padding is not None and not frame.stored_range[0] <= padding <= frame.stored_range[1]:
        np.copyto(cleaned, values, where=values == padding)
    return cleaned
