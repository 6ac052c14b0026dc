"""A PNG file's chunks: checked for their sums, stripped of what is no picture."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from medmask.errors import BadChecksum, BadHeader, Truncated

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_KEPT: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
_SAMPLES: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type, PNG 3rd edition 11.2.1
_DEPTHS: Final = {  # by colour type
    0: {1, 2, 4, 8, 16},
    2: {8, 16},
    3: {1, 2, 4, 8},
    4: {8, 16},
    6: {8, 16},
}
_PASSES: Final = (  # Adam7: first column, first row, column step, row step; 8.2
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class PngFile:
    """What a PNG says of itself.

    Attributes
    ----------
    rows, columns : int
    depth : int
        Bits of a sample.
    colour_type : int
        0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.
    is_interlaced : bool
    significant_bits : int or None
        The first value of sBIT.
    has_transparency : bool
        Whether a tRNS chunk is there.
    picture : bytes
        The same picture without text, profiles and other chunks that are not pixels.
    """

    rows: int
    columns: int
    depth: int
    colour_type: int
    is_interlaced: bool
    significant_bits: int | None
    has_transparency: bool
    picture: bytes

    @property
    def has_alpha(self) -> bool:
        """Whether every pixel has an opacity of its own."""
        return self.colour_type in {4, 6}


def parse_png(content: bytes, where: str) -> PngFile:
    """Check all chunks of a PNG and return what they say; nothing is decompressed.

    Parameters
    ----------
    content : bytes
        The whole file.
    where : str
        Names the file in errors.

    Raises
    ------
    BadChecksum
        If a chunk's CRC does not belong to it.
    Truncated
        If the file ends before IEND.
    BadHeader
        If chunks or extents cannot be.

    References
    ----------
    PNG, third edition, 5.3 chunk layout, 11.2.1 IHDR. https://www.w3.org/TR/png-3/
    """
    kept = [_SIGNATURE]
    found: dict[bytes, bytes | memoryview] = {}
    for kind, data, whole in _chunks(memoryview(content), where):
        found.setdefault(kind, data)
        if kind in _KEPT:
            kept.append(bytes(whole))
    return _png_file(found, b"".join(kept), where)


def peek_png(stream: BinaryIO, where: str) -> PngFile:
    """Return what the chunks of a PNG before its pixels say; the rest is not even read.

    Parameters
    ----------
    stream : BinaryIO
    where : str
        Names the file in errors.

    Returns
    -------
    PngFile
        Without its picture.

    Raises
    ------
    BadChecksum, Truncated, BadHeader
        As `parse_png`, for what is before the pixels.
    """
    size = stream.seek(0, io.SEEK_END)
    at = stream.seek(len(_SIGNATURE))
    found: dict[bytes, bytes | memoryview] = {}
    while b"IDAT" not in found and b"IEND" not in found:
        head = stream.read(8)
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if len(head) < 8 or at + 12 + length > size:
            raise Truncated(where, "the file ends before its last chunk", "all chunks up to IEND")
        data = b"" if kind == b"IDAT" else stream.read(length)
        if kind != b"IDAT" and zlib.crc32(kind + data) != int.from_bytes(stream.read(4), "big"):
            raise BadChecksum(where, f"the CRC of chunk {kind!r} is wrong", "whole chunks")
        found.setdefault(kind, data)
        at += 12 + length
    return _png_file(found, b"", where)


def _png_file(found: Mapping[bytes, bytes | memoryview], picture: bytes, where: str) -> PngFile:
    columns, rows, depth, colour_type, interlace = _ihdr(found, where)
    bits = found.get(b"sBIT")
    return PngFile(
        rows=rows,
        columns=columns,
        depth=depth,
        colour_type=colour_type,
        is_interlaced=interlace == 1,
        significant_bits=bits[0] if bits else None,
        has_transparency=b"tRNS" in found,
        picture=picture,
    )


def demand_all_rows(png: PngFile, where: str) -> None:
    """Demand that the compressed data hold every row, which decoders do not look after.

    Raises
    ------
    Truncated
        If rows are missing or the zlib stream has no end.
    BadChecksum
        If the zlib stream is broken.
    """
    expected = _filtered_bytes(png)
    inflater = zlib.decompressobj()
    count = 0
    try:
        for kind, data, _ in _chunks(memoryview(png.picture), where):
            rest = bytes(data) if kind == b"IDAT" else b""
            while rest and not inflater.eof and count <= expected:
                count += len(inflater.decompress(rest, _CHUNK))
                rest = inflater.unconsumed_tail
    except zlib.error as error:
        raise BadChecksum(
            where, f"pixel data are broken: {error}", "a whole zlib stream"
        ) from error
    if count < expected or (count == expected and not inflater.eof):
        raise Truncated(where, f"{count} of {expected} bytes of pixel data", "every row")
    if count > expected:
        raise BadHeader(where, f"more pixel data than {png.columns} x {png.rows} pixels", "as many")


def as_eight_bit_rgba(png: PngFile) -> bytes:
    """Return a PNG of grey and alpha with 16 bits each as one of RGBA with 8.

    Both have four bytes a pixel, and filters work on bytes (9.2): only the header differs.

    Parameters
    ----------
    png : PngFile
        Depth 16, colour type 4.
    """
    start = len(_SIGNATURE)
    header = bytearray(png.picture[start + 4 : start + 21])  # kind and data of IHDR, the first
    header[12:14] = bytes((8, 6))
    crc = zlib.crc32(header).to_bytes(4, "big")
    return png.picture[: start + 4] + bytes(header) + crc + png.picture[start + 25 :]


def _chunks(content: memoryview, where: str) -> list[tuple[bytes, memoryview, memoryview]]:
    """Return kind, data and whole bytes of all chunks, each with its CRC checked."""
    chunks = []
    at = len(_SIGNATURE)
    while True:
        if at + 12 > len(content):
            raise Truncated(where, "the file ends before its last chunk", "all chunks up to IEND")
        length = int.from_bytes(content[at : at + 4], "big")
        kind = bytes(content[at + 4 : at + 8])
        end = at + 12 + length
        if end > len(content):
            found = f"chunk {kind!r} has {length} bytes, the file ends before"
            raise Truncated(where, found, "all chunks up to IEND")
        data = content[at + 8 : end - 4]
        if zlib.crc32(content[at + 4 : end - 4]) != int.from_bytes(content[end - 4 : end], "big"):
            raise BadChecksum(where, f"the CRC of chunk {kind!r} is wrong", "whole chunks")
        chunks.append((kind, data, content[at:end]))
        if kind == b"IEND":
            return chunks
        at = end


def _ihdr(found: Mapping[bytes, bytes | memoryview], where: str) -> tuple[int, int, int, int, int]:
    data = found.get(b"IHDR")
    if data is None or len(data) != 13 or b"IDAT" not in found:
        raise BadHeader(where, "no header (IHDR) or no pixels (IDAT)", "a whole PNG")
    columns, rows, depth, colour_type, method, filters, interlace = struct.unpack(">2I5B", data)
    if depth not in _DEPTHS.get(colour_type, ()) or method or filters or interlace > 1:
        found_text = f"depth {depth}, colour type {colour_type}, interlace {interlace}"
        raise BadHeader(where, found_text, "what PNG allows")
    if not (0 < columns < 1 << 31 and 0 < rows < 1 << 31):
        raise BadHeader(where, f"{columns} x {rows} pixels", "at least 1 x 1")
    return columns, rows, depth, colour_type, interlace


def _filtered_bytes(png: PngFile) -> int:
    """Return the bytes of all rows, each with its filter byte."""
    bits = png.depth * _SAMPLES[png.colour_type]
    passes = _PASSES if png.is_interlaced else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns = -(-(png.columns - left) // across)
        rows = -(-(png.rows - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + -(-columns * bits // 8))
    return total
