"""The layout of one frame, checked against the bytes there before any is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from medmask.errors import (
    BadHeader,
    ColourImage,
    MultiFrame,
    Truncated,
    UnsupportedEncoding,
    UnsupportedPixels,
)
from medmask.readers.dicom.elements import DOUBLE_PIXELS, FLOAT_PIXELS, PixelSpan
from medmask.readers.dicom.header import FrameAxis, Header
from medmask.readers.dicom.transfer_syntax import NATIVE, RLE, encoding_name, is_decoded

_FLOATS: Final[dict[int, tuple[np.dtype[Any], int]]] = {
    FLOAT_PIXELS: (np.dtype(np.float32), 32),
    DOUBLE_PIXELS: (np.dtype(np.float64), 64),
}
_RLE_GAIN: Final = 64  # PS3.5 G.3.1: two bytes stand for 128 at most


@dataclass(frozen=True)
class StoredFrame:
    """A checked layout of one frame.

    Attributes
    ----------
    header : Header
    span : PixelSpan
    rows, columns : int
    dtype : dtype
        Native byte order: what `read_frame` returns.
    bits_stored, high_bit : int
        Bits that are pixel value, and the highest of them; all bits for floats.
    """

    header: Header
    span: PixelSpan
    rows: int
    columns: int
    dtype: np.dtype[Any]
    bits_stored: int
    high_bit: int

    @property
    def index(self) -> int:
        """Which frame of its file it is, from 0 on."""
        return self.header.frame or 0

    @property
    def bytes_needed(self) -> int:
        """Bytes of the frame once it is decoded."""
        return self.rows * self.columns * self.dtype.itemsize

    @property
    def is_float(self) -> bool:
        """Whether the values are floating point."""
        return self.dtype.kind == "f"

    @property
    def stored_range(self) -> tuple[float, float]:
        """The least and greatest value that the stored bits can hold."""
        if self.dtype.kind == "i":
            return -float(1 << (self.bits_stored - 1)), float((1 << (self.bits_stored - 1)) - 1)
        return 0.0, float((1 << self.bits_stored) - 1)


def check_frame(header: Header) -> StoredFrame:
    """Check from the header alone that a frame can be read.

    Parameters
    ----------
    header : Header
        Of an image without fault.

    Raises
    ------
    MultiFrame
        If frames are neither slices nor moments, or a mosaic of slices.
    ColourImage
        If a pixel has more than one sample, or is an index of colours.
    UnsupportedEncoding
        If the transfer syntax cannot be decoded here.
    UnsupportedPixels
        If bits are packed or allocated in another way than 8, 16 or 32.
    BadHeader, Truncated
        If the layout contradicts itself or the bytes there.

    References
    ----------
    DICOM PS3.3 C.7.6.3, Image Pixel; PS3.5 8.1.1, Pixel Data Encoding.
    """
    where, layout = header.path.name, header.layout
    if "MOSAIC" in header.image_type:
        raise MultiFrame(where, "a mosaic of slices in one frame", "one slice an instance")
    if layout.samples not in {1, None}:
        raise ColourImage(where, f"{layout.samples} samples a pixel", "one intensity a pixel")
    if layout.photometric not in {"MONOCHROME1", "MONOCHROME2", ""}:
        raise ColourImage(where, f"{layout.photometric} pixels", "MONOCHROME1 or MONOCHROME2")
    if header.frame_axis is FrameAxis.OTHER or (layout.frames > 1 and header.frame is None):
        found = f"{layout.frames} frames in one instance that do not say where they lie"
        accepted = "one frame an instance, positions frame by frame, or frames over time"
        raise MultiFrame(where, found, accepted)
    _demand_encoding(header)
    span = layout.span
    if span is None or not layout.rows or not layout.columns:
        raise BadHeader(where, "rows, columns or pixel data are absent", "a whole image")
    dtype, stored, high = _value_layout(header, span)
    frame = StoredFrame(header, span, layout.rows, layout.columns, dtype, stored, high)
    _demand_bytes(frame)
    return frame


def _demand_encoding(header: Header) -> None:
    syntax = header.transfer_syntax
    if is_decoded(syntax):
        return
    raise UnsupportedEncoding(
        header.path.name,
        f"pixels are encoded as {encoding_name(syntax)} ({syntax})",
        "native, deflated, RLE, JPEG, JPEG-LS, JPEG 2000 or HTJ2K",
    )


def _value_layout(header: Header, span: PixelSpan) -> tuple[np.dtype[Any], int, int]:
    """Return type, stored bits and high bit of the values."""
    where, layout = header.path.name, header.layout
    if span.tag in _FLOATS:
        dtype, bits = _FLOATS[span.tag]
        if layout.bits_allocated != bits:
            raise BadHeader(where, f"floats of {layout.bits_allocated} bits", f"{bits} bits")
        return dtype, bits, bits - 1
    allocated = layout.bits_allocated
    if allocated not in {8, 16, 32}:
        raise UnsupportedPixels(where, f"{allocated} bits allocated", "8, 16 or 32 bits")
    stored = allocated if layout.bits_stored is None else layout.bits_stored
    high = stored - 1 if layout.high_bit is None else layout.high_bit
    if not 1 <= stored <= allocated or not stored - 1 <= high < allocated:
        found = f"{stored} bits stored below bit {high} of {allocated}"
        raise BadHeader(where, found, "stored bits within allocated ones")
    if layout.signed is None:
        raise BadHeader(where, "no Pixel Representation (0028,0103)", "0 or 1")
    kind = "i" if layout.signed else "u"
    return np.dtype(f"{kind}{allocated // 8}"), stored, high


def _demand_bytes(frame: StoredFrame) -> None:
    """Demand native pixel data of the exact length, and encapsulated ones of undefined length."""
    where, span, count = frame.header.path.name, frame.span, frame.header.layout.frames
    needed = frame.bytes_needed * count
    if frame.header.transfer_syntax not in NATIVE:
        if span.length is not None:
            raise BadHeader(where, "compressed pixel data of a defined length", "PS3.5 A.4")
        if frame.header.transfer_syntax == RLE and span.available * _RLE_GAIN < needed:
            found = f"{span.available} bytes of RLE for {needed} bytes of pixels"
            raise Truncated(where, found, "all of the frame")
        return
    if span.length is None:
        raise BadHeader(where, "native pixel data of undefined length", "a length in bytes")
    size = f"{frame.rows} rows x {frame.columns} columns x {frame.dtype.itemsize} bytes"
    size += f" x {count} frames" if count > 1 else ""
    if min(span.length, span.available) < needed:
        found = f"{min(span.length, span.available)} bytes of pixel data for {size}"
        raise Truncated(where, found, f"{needed} bytes")
    if span.length > needed + needed % 2:
        found = f"{span.length} bytes of pixel data for {size}"
        raise BadHeader(where, found, f"{needed} bytes")
    if span.length > span.available:
        raise Truncated(where, f"{span.available} of {span.length} bytes", "all pixel data")
