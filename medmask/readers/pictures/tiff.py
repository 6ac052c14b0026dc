"""A TIFF file's directories: what each page holds, and that its strips lie in the file."""

from __future__ import annotations

import io
import re
import struct
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal

from medmask.errors import (
    BadHeader,
    ColourImage,
    IsAnnotation,
    Truncated,
    UnsupportedEncoding,
    UnsupportedFormat,
    UnsupportedPixels,
)

_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_INTEGERS: Final = {1: "B", 3: "H", 4: "I"}  # BYTE, SHORT, LONG
_COMPRESSIONS: Final = {1: "plain", 5: "LZW", 8: "deflate", 32946: "deflate", 32773: "packbits"}
_COLOURS: Final = {5: "CMYK", 6: "YCbCr", 8: "CIELab"}
_WHITE_IS_ZERO: Final = 0
_RGB: Final = 2
_PALETTE: Final = 3
_MOST_PAGES: Final = 100_000
_LARGEST_DESCRIPTION: Final = 1 << 16


@dataclass(frozen=True)
class TiffPage:
    """One page of a TIFF.

    Attributes
    ----------
    rows, columns : int
    depth : int
        Bits of a sample, 8 or 16.
    samples : int
        Samples of a pixel; the fourth of four is opacity.
    is_palette : bool
    is_inverted : bool
        Whether 0 is white.
    compression : str
    """

    rows: int
    columns: int
    depth: int
    samples: int
    is_palette: bool
    is_inverted: bool
    compression: str


def parse_tiff(stream: BinaryIO, where: str) -> tuple[TiffPage, ...]:
    """Check the directories of a TIFF and return its pages; nothing is decoded.

    Parameters
    ----------
    stream : BinaryIO
        The file, of which directories alone are read.
    where : str
        Names the file in errors.

    Returns
    -------
    tuple of TiffPage
        At least one.

    Raises
    ------
    Truncated, BadHeader
        If directories, strips or tiles do not lie in the file, or cannot be.
    IsAnnotation
        If a pixel is one bit, as a mask.
    ColourImage, UnsupportedPixels, UnsupportedEncoding, UnsupportedFormat
        If pixels are not understood; see the sentence.

    References
    ----------
    TIFF Revision 6.0, Adobe 1992.
    """
    stream.seek(0)
    order: Literal["<", ">"] = "<" if stream.read(2) == b"II" else ">"
    pages: list[TiffPage] = []
    seen: set[int] = set()
    at = _unpacked(stream, f"{order}I", 4, where)[0]
    while at:
        if at in seen or len(pages) >= _MOST_PAGES:
            raise BadHeader(where, "directories that run in a circle", "a chain of pages")
        seen.add(at)
        directory = _Directory(stream, order, at, where)
        pages.append(_page(directory))
        at = directory.next_at
        if len(pages) == 1 and not at:
            _demand_own_directories(directory.text(270), where)
    if not pages:
        raise BadHeader(where, "no directory", "at least one page")
    return tuple(pages)


class _Directory:
    """An image file directory (section 2): values by tag."""

    def __init__(self, stream: BinaryIO, order: Literal["<", ">"], at: int, where: str) -> None:
        self._stream, self.where, self._order = stream, where, order
        self.file_bytes = stream.seek(0, io.SEEK_END)
        (count,) = _unpacked(stream, f"{order}H", at, where)
        self._entries: dict[int, tuple[int, int, int]] = {}
        for k in range(count):
            entry = at + 2 + 12 * k
            tag, kind, number = _unpacked(stream, f"{order}HHI", entry, where)
            size = _SIZES.get(kind, 1) * number
            is_here = size <= 4
            start = entry + 8 if is_here else _unpacked(stream, f"{order}I", entry + 8, where)[0]
            self._entries[tag] = (kind, number, start)
        (self.next_at,) = _unpacked(stream, f"{order}I", at + 2 + 12 * count, where)

    def integers(self, tag: int, *default: int) -> tuple[int, ...]:
        """Return a tag's whole numbers."""
        if tag not in self._entries:
            return default
        kind, number, start = self._entries[tag]
        if kind not in _INTEGERS or not number:
            raise BadHeader(self.where, f"tag {tag} is of type {kind}", "whole numbers")
        if number * _SIZES[kind] > self.file_bytes:
            raise Truncated(self.where, f"{number} values of tag {tag}", "as many as there are")
        return _unpacked(self._stream, f"{self._order}{number}{_INTEGERS[kind]}", start, self.where)

    def one(self, tag: int, default: int | None = None) -> int:
        """Return a tag's only number."""
        found = self.integers(tag) if default is None else self.integers(tag, default)
        if len(found) != 1:
            raise BadHeader(self.where, f"{len(found)} values of tag {tag}", "one")
        return found[0]

    def text(self, tag: int) -> str:
        """Return a tag's text, empty if it is not there."""
        if tag not in self._entries:
            return ""
        _, number, start = self._entries[tag]
        self._stream.seek(start)
        return self._stream.read(min(number, _LARGEST_DESCRIPTION)).decode("latin-1")


def _page(directory: _Directory) -> TiffPage:
    where = directory.where
    columns, rows = directory.one(256), directory.one(257)
    if not columns or not rows:
        raise BadHeader(where, f"{columns} x {rows} pixels", "at least 1 x 1")
    depths = directory.integers(258, 1)
    samples = directory.one(277, 1)
    photometric = directory.one(262)
    _demand_layout(directory, depths, samples, photometric)
    compression = directory.one(259, 1)
    if compression not in _COMPRESSIONS:
        accepted = ", ".join(dict.fromkeys(_COMPRESSIONS.values()))
        raise UnsupportedEncoding(where, f"compression {compression}", accepted)
    page = TiffPage(
        rows=rows,
        columns=columns,
        depth=depths[0],
        samples=samples,
        is_palette=photometric == _PALETTE,
        is_inverted=photometric == _WHITE_IS_ZERO,
        compression=_COMPRESSIONS[compression],
    )
    _demand_data(directory, page)
    return page


def _demand_layout(
    directory: _Directory, depths: tuple[int, ...], samples: int, photometric: int
) -> None:
    """Demand grey of 8 or 16 bits, a palette, RGB or RGBA of 8 bits, the first row on top."""
    where = directory.where
    if photometric in _COLOURS:
        raise ColourImage(where, f"a TIFF in {_COLOURS[photometric]}", "grey, or RGB")
    if (depths, samples, photometric in {0, 1}) == ((1,), 1, True):
        raise IsAnnotation(where, "one bit a pixel, as a mask", "a grey picture of a scan")
    formats = set(directory.integers(339, 1))
    is_grey = photometric in {0, 1} and samples == 1 and depths in {(8,), (16,)}
    is_palette = photometric == _PALETTE and samples == 1 and depths == (8,)
    is_colour = photometric == _RGB and samples in {3, 4} and depths == (8,) * samples
    if formats != {1} or not (is_grey or is_palette or is_colour):
        kind = {2: "signed ", 3: "floating "}.get(min(formats), "")
        found = f"{samples} {kind}samples of {depths[0]} bits, photometric {photometric}"
        raise UnsupportedPixels(where, found, "unsigned grey of 8 or 16 bits, or RGB of 8")
    odd = {266: "fill order", 274: "orientation"} | ({284: "planes"} if samples > 1 else {})
    for tag, name in odd.items():
        if directory.one(tag, 1) != 1:
            raise UnsupportedPixels(where, f"{name} {directory.one(tag)}", "1")


def _demand_own_directories(description: str, where: str) -> None:
    """Refuse ImageJ's way to keep a stack behind one directory."""
    count = re.search(r"^images=(\d+)", description, re.MULTILINE)
    if description.startswith("ImageJ") and count is not None and int(count[1]) > 1:
        found = f"an ImageJ stack of {count[1]} pictures behind one directory"
        raise UnsupportedFormat(where, found, "a directory for each page")


def _demand_data(directory: _Directory, page: TiffPage) -> None:
    """Demand as many strips or tiles as the picture takes, all of them in the file."""
    where = directory.where
    if directory.integers(322):
        width, height = directory.one(322), directory.one(323)
        starts, sizes = directory.integers(324), directory.integers(325)
    else:
        width, height = page.columns, min(directory.one(278, page.rows), page.rows)
        starts, sizes = directory.integers(273), directory.integers(279)
    if not width or not height:
        raise BadHeader(where, f"tiles of {width} x {height}", "at least 1 x 1")
    expected = -(-page.columns // width) * -(-page.rows // height)
    if not len(starts) == len(sizes) == expected:
        found = f"{len(starts)} strips or tiles and {len(sizes)} sizes"
        raise BadHeader(where, found, f"{expected} of each")
    end = max(start + size for start, size in zip(starts, sizes, strict=True))
    if end > directory.file_bytes or min(sizes) < 1:
        found = f"pixels up to byte {end} in {directory.file_bytes} bytes"
        raise Truncated(where, found, "all strips and tiles")
    row_bytes = page.samples * page.depth // 8
    least = page.columns * page.rows * row_bytes
    if page.compression == "plain" and sum(sizes) < least:
        raise Truncated(where, f"{sum(sizes)} of {least} bytes of pixels", "all of them")


def _unpacked(stream: BinaryIO, form: str, at: int, where: str) -> tuple[int, ...]:
    stream.seek(at)
    try:
        return struct.unpack(form, stream.read(struct.calcsize(form)))
    except struct.error as error:
        raise Truncated(where, f"no {form[1:]} at byte {at}", "a whole directory") from error
