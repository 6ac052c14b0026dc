"""The stored values of DICOM frames, exactly as the header describes them or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from medmask.errors import Truncated
from medmask.readers.dicom.data_set import open_data_set
from medmask.readers.dicom.decode import code_stream, decoded
from medmask.readers.dicom.fragments import frame_fragments
from medmask.readers.dicom.frame import StoredFrame
from medmask.readers.dicom.header import Header
from medmask.readers.dicom.transfer_syntax import BIG_ENDIAN, NATIVE


def read_frames(frames: Iterable[StoredFrame]) -> Iterator[NDArray[Any]]:
    """Yield the stored values of frames, opening a file once for all that follow each other in it.

    Parameters
    ----------
    frames : iterable of StoredFrame

    Yields
    ------
    ndarray, shape (rows, columns)
        In the frame's own type; bits that are not pixel value are cleared, unless they are those
        of a padding value that lies beyond the stored bits.

    Raises
    ------
    Truncated, Damaged
        If the bytes do not decode to exactly rows x columns values.
    """
    for path, same in groupby(frames, key=lambda frame: frame.header.path):
        first, *others = same
        header = first.header
        with open_data_set(path, header.transfer_syntax) as stream:
            if header.transfer_syntax in NATIVE:
                for frame in (first, *others):
                    yield _clean(_native(frame, stream), frame)
                continue
            count = max(1, header.layout.frames)
            pieces = frame_fragments(stream, first.span.offset, count, path.name)
            for frame in (first, *others):
                encoded = code_stream(frame, stream, pieces[frame.index])
                yield _clean(decoded(frame, encoded), frame)


def read_frame(frame: StoredFrame) -> NDArray[Any]:
    """Return one frame's stored values, see `read_frames`."""
    return next(read_frames([frame]))


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
    start = frame.index * frame.bytes_needed
    count = frame.bytes_needed
    swapped_words = is_big and frame.dtype.itemsize == 1 and frame.span.vr == "OW"
    lead = start % 2 if swapped_words else 0
    stream.seek(frame.span.offset + start - lead)
    data = bytearray(stream.read(lead + count + ((lead + count) % 2 if swapped_words else 0)))
    if swapped_words:  # PS3.5 8.1.2: bytes lie in words, and words are big endian
        data = bytearray(np.frombuffer(data, "<u2").byteswap().tobytes())[lead : lead + count]
    if len(data) != count:
        raise Truncated(frame.header.path.name, f"{len(data)} of {count} bytes", "all pixel data")
    values = np.frombuffer(data, frame.dtype.newbyteorder(">" if is_big else "<"))
    return values.reshape(frame.rows, frame.columns).astype(frame.dtype, copy=False)


def _clean(values: NDArray[Any], frame: StoredFrame) -> NDArray[Any]:
    """Clear the bits that are not pixel value and carry the sign from the high bit."""
    width, padding = 8 * frame.dtype.itemsize, frame.header.intensity.padding
    if frame.is_float or frame.bits_stored == width:
        return values
    # PS3.5 8.1.1: unused bits may hold anything; up to the top and back down spreads the sign
    cleaned: NDArray[Any] = np.left_shift(values, width - 1 - frame.high_bit)
    np.right_shift(cleaned, width - frame.bits_stored, out=cleaned)
    if padding is not None and not frame.stored_range[0] <= padding <= frame.stored_range[1]:
        np.copyto(cleaned, values, where=values == padding)
    return cleaned
