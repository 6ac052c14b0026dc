"""One DICOM frame's stored values, exactly as the header describes them or not at all."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, cast

import numpy as np
from numpy.typing import NDArray
from pydicom.encaps import generate_frames
from pydicom.pixels.decoders.base import get_decoder

from medmask.errors import (
    BadHeader,
    ColourImage,
    Damaged,
    MultiFrame,
    Truncated,
    UnsupportedEncoding,
    UnsupportedPixels,
)
from medmask.readers.dicom.codestream import frame_size, has_end
from medmask.readers.dicom.elements import (
    BIG_ENDIAN,
    DEFLATED,
    DOUBLE_PIXELS,
    EXPLICIT,
    FLOAT_PIXELS,
    IMPLICIT,
    PixelSpan,
    open_data_set,
)
from medmask.readers.dicom.header import Header
from medmask.readers.dicom.itk_frame import EncodedFrame, decode_with_itk

_NATIVE: Final = frozenset({IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN})
_RLE: Final = "1.2.840.10008.1.2.5"
_DECODED: Final = {  # by pylibjpeg-rle, Pillow and pylibjpeg-openjpeg
    _RLE: "RLE Lossless",
    "1.2.840.10008.1.2.4.50": "JPEG Baseline",
    "1.2.840.10008.1.2.4.90": "JPEG 2000 Lossless",
    "1.2.840.10008.1.2.4.91": "JPEG 2000",
    "1.2.840.10008.1.2.4.201": "HTJ2K Lossless",
    "1.2.840.10008.1.2.4.202": "HTJ2K Lossless RPCL",
    "1.2.840.10008.1.2.4.203": "HTJ2K",
}
_DECODED_BY_ITK: Final = {
    "1.2.840.10008.1.2.4.51": "JPEG Extended",
    "1.2.840.10008.1.2.4.53": "JPEG Spectral Selection (retired)",
    "1.2.840.10008.1.2.4.55": "JPEG Full Progression (retired)",
    "1.2.840.10008.1.2.4.57": "JPEG Lossless",
    "1.2.840.10008.1.2.4.70": "JPEG Lossless SV1",
    "1.2.840.10008.1.2.4.80": "JPEG-LS Lossless",
    "1.2.840.10008.1.2.4.81": "JPEG-LS Near-Lossless",
}
_REFUSED: Final = {
    "1.2.840.10008.1.2.4.110": "JPEG XL Lossless",
    "1.2.840.10008.1.2.4.111": "JPEG XL Recompression",
    "1.2.840.10008.1.2.4.112": "JPEG XL",
}
_FLOATS: Final[dict[int, tuple[np.dtype[Any], int]]] = {
    FLOAT_PIXELS: (np.dtype(np.float32), 32),
    DOUBLE_PIXELS: (np.dtype(np.float64), 64),
}
_DECODER_ERRORS: Final = (RuntimeError, ValueError, AttributeError, NotImplementedError)
_RLE_GAIN: Final = 64  # PS3.5 G.3.1: two bytes stand for 128 at most
_LARGEST_FRAME: Final = 1 << 31  # bytes of one compressed frame


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


def encoding_name(transfer_syntax: str) -> str:
    """Return a readable name of a transfer syntax."""
    if transfer_syntax in _NATIVE:
        return {DEFLATED: "deflated", BIG_ENDIAN: "big endian"}.get(transfer_syntax, "native")
    for names in (_DECODED, _DECODED_BY_ITK, _REFUSED):
        if transfer_syntax in names:
            return names[transfer_syntax]
    return "an unknown transfer syntax"


def check_frame(header: Header) -> StoredFrame:
    """Check from the header alone that a frame can be read.

    Parameters
    ----------
    header : Header
        Of an image without fault.

    Raises
    ------
    MultiFrame
        If there is more than one frame, or a mosaic.
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
    if layout.frames > 1 or layout.functional_groups:
        raise MultiFrame(where, f"{layout.frames} frames in one instance", "one frame an instance")
    if "MOSAIC" in header.image_type:
        raise MultiFrame(where, "a mosaic of slices in one frame", "one slice an instance")
    if layout.samples not in {1, None}:
        raise ColourImage(where, f"{layout.samples} samples a pixel", "one intensity a pixel")
    if layout.photometric not in {"MONOCHROME1", "MONOCHROME2", ""}:
        raise ColourImage(where, f"{layout.photometric} pixels", "MONOCHROME1 or MONOCHROME2")
    _demand_encoding(header)
    span = layout.span
    if span is None or not layout.rows or not layout.columns:
        raise BadHeader(where, "rows, columns or pixel data are absent", "a whole image")
    dtype, stored, high = _value_layout(header, span)
    frame = StoredFrame(header, span, layout.rows, layout.columns, dtype, stored, high)
    _demand_bytes(frame)
    return frame


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
        if header.transfer_syntax in _NATIVE:
            return _clean(_native(frame, stream), frame, padding)
        encoded = _encapsulated(frame, stream)
    return _clean(_decoded(frame, encoded), frame, padding)


def pixel_bytes(header: Header) -> bytes:
    """Return an instance's pixel data as they lie in the file, to tell copies by."""
    span = header.layout.span
    if span is None:
        return b""
    with open_data_set(header.path, header.transfer_syntax) as stream:
        stream.seek(span.offset)
        return stream.read(span.available if span.length is None else span.length)


def _demand_encoding(header: Header) -> None:
    syntax = header.transfer_syntax
    if syntax in _NATIVE or syntax in _DECODED or syntax in _DECODED_BY_ITK:
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
    where, span, needed = frame.header.path.name, frame.span, frame.bytes_needed
    if frame.header.transfer_syntax not in _NATIVE:
        if span.length is not None:
            raise BadHeader(where, "compressed pixel data of a defined length", "PS3.5 A.4")
        if frame.header.transfer_syntax == _RLE and span.available * _RLE_GAIN < needed:
            found = f"{span.available} bytes of RLE for {needed} bytes of pixels"
            raise Truncated(where, found, "all of the frame")
        return
    if span.length is None:
        raise BadHeader(where, "native pixel data of undefined length", "a length in bytes")
    size = f"{frame.rows} rows x {frame.columns} columns x {frame.dtype.itemsize} bytes"
    if min(span.length, span.available) < needed:
        found = f"{min(span.length, span.available)} bytes of pixel data for {size}"
        raise Truncated(where, found, f"{needed} bytes")
    if span.length > needed + needed % 2:
        found = f"{span.length} bytes of pixel data for {size}"
        raise BadHeader(where, found, f"{needed} bytes")
    if span.length > span.available:
        raise Truncated(where, f"{span.available} of {span.length} bytes", "all pixel data")


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


def _encapsulated(frame: StoredFrame, stream: BinaryIO) -> bytes:
    """Return the code stream of the only frame, checked for size and end."""
    where = frame.header.path.name
    if frame.span.available > _LARGEST_FRAME:
        raise UnsupportedPixels(where, "a compressed frame beyond 2 GiB", "smaller frames")
    try:
        encoded: bytes = next(generate_frames(stream.read(), number_of_frames=1))
    except (ValueError, StopIteration, EOFError, struct.error) as error:
        raise Damaged(where, f"encapsulated pixel data: {error}", "PS3.5 A.4") from error
    if frame.header.transfer_syntax == _RLE:
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


def _decoded(frame: StoredFrame, encoded: bytes) -> NDArray[Any]:
    where, syntax = frame.header.path.name, frame.header.transfer_syntax
    decode = _by_itk if syntax in _DECODED_BY_ITK else _by_pydicom
    try:
        values = decode(frame, encoded)
    except BaseException as error:
        # pylibjpeg-rle panics on broken runs, and a Rust panic is no Exception
        if not isinstance(error, _DECODER_ERRORS) and type(error).__name__ != "PanicException":
            raise
        found = f"{encoding_name(syntax)} frame does not decode: {_first_line(error)}"
        raise Damaged(where, found, "a whole frame") from error
    if values.shape != (frame.rows, frame.columns):
        found = f"a frame decodes to {values.shape}"
        raise Damaged(where, found, f"{frame.rows} x {frame.columns}")
    return values.astype(frame.dtype, copy=False)


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]


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
