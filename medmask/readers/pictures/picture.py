"""A picture by its header: checked, not yet decoded."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from PIL import Image

from medmask.errors import (
    BadHeader,
    ColourImage,
    TooLarge,
    Truncated,
    UnsupportedPixels,
)
from medmask.readers.border import FOREIGN
from medmask.readers.pictures.grey import A_SCAN
from medmask.readers.pictures.png import PngFile, parse_png, peek_png
from medmask.readers.pictures.tiff import TiffPage, parse_tiff
from medmask.scan import Format

LARGEST_PIXELS: Final = 1 << 27
PILLOW: Final = (*FOREIGN, OSError, Image.DecompressionBombError)  # what it raises on damage
_LARGEST_FILE: Final = 1 << 30
_PNG: Final = b"\x89PNG"
_TIFF: Final = (b"II", b"MM")


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture, or one page of a file of pictures.

    Attributes
    ----------
    path : Path
    content : bytes
        The whole file, empty if only its header was read.
    format : Format
        PNG, JPEG or TIFF.
    rows, columns : int
    is_deep : bool
        Whether grey values take 16 bits rather than 8.
    layout : str
        What its pixels are made of, in words; equal for pictures that can be stacked.
    png : PngFile or None
        What a PNG says of itself.
    tiff : TiffPage or None
        What a page of a TIFF says of itself.
    page : int
    """

    path: Path
    content: bytes
    format: Format
    rows: int
    columns: int
    is_deep: bool
    layout: str
    png: PngFile | None = None
    tiff: TiffPage | None = None
    page: int = 0

    @property
    def where(self) -> str:
        """The file's name, for errors."""
        return self.path.name

    @property
    def dtype(self) -> np.dtype[np.uint8] | np.dtype[np.uint16]:
        """The type of its grey values."""
        return np.dtype(np.uint16) if self.is_deep else np.dtype(np.uint8)


def open_pictures(path: Path) -> tuple[Picture, ...]:
    """Return the picture in a file, or its pages, with the bytes to decode.

    Parameters
    ----------
    path : Path
        By content PNG, JPEG or TIFF.

    Raises
    ------
    TooLarge
        If there are more than 2^27 pixels.
    IsAnnotation
        If a TIFF has one bit a pixel.
    ScanError
        Whatever headers can tell: see `parse_png` and `parse_tiff`.
    """
    _demand_file_size(path)
    content = path.read_bytes()
    if content.startswith(_PNG):
        return (_png(path, content, parse_png(content, path.name)),)
    if content.startswith(_TIFF):
        pages = parse_tiff(io.BytesIO(content), path.name)
        return tuple(_tiff(path, content, page, k) for k, page in enumerate(pages))
    if b"\xff\xd9" not in content:
        raise Truncated(path.name, "no end-of-image marker", "a whole JPEG")
    return (_jpeg(path, content, io.BytesIO(content)),)


def peek_pictures(path: Path) -> tuple[Picture, ...]:
    """Return the picture in a file, or its pages, by their headers: nothing else is read.

    Parameters
    ----------
    path : Path
        By content PNG, JPEG or TIFF.

    Returns
    -------
    tuple of Picture
        Without content.

    Raises
    ------
    ScanError
        As `open_pictures`, for what headers tell.
    """
    _demand_file_size(path)
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith(_PNG):
            return (_png(path, b"", peek_png(file, path.name)),)
        if start.startswith(_TIFF):
            pages = parse_tiff(file, path.name)
            return tuple(_tiff(path, b"", page, k) for k, page in enumerate(pages))
        return (_jpeg(path, b"", file),)


def opened_image(picture: BinaryIO, format_name: str, where: str) -> Image.Image:
    """Open a picture with one decoder only: none that would start another program.

    Raises
    ------
    BadHeader
        If the decoder does not know it.
    """
    try:
        with quiet():
            return Image.open(picture, formats=[format_name])
    except PILLOW as error:
        raise BadHeader(where, f"{format_name} is not readable: {error}", "a picture") from error


@contextmanager
def quiet() -> Iterator[None]:
    """Leave out warnings of a decoder: sizes and directories have been checked before."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        warnings.simplefilter("ignore", UserWarning)
        yield


def _demand_file_size(path: Path) -> None:
    size = path.stat().st_size
    if size > _LARGEST_FILE:
        raise TooLarge(path.name, f"a picture of {size} bytes", f"at most {_LARGEST_FILE}")


def _png(path: Path, content: bytes, png: PngFile) -> Picture:
    _demand_size(png.rows, png.columns, path.name)
    is_deep = png.depth == 16
    if is_deep and png.colour_type != 0 and png.significant_bits not in {None, 16}:
        found = f"16-bit channels of which {png.significant_bits} bits are said to count"
        raise UnsupportedPixels(path.name, found, "8-bit channels, or 16 bits that all count")
    kind = {0: "grey", 2: "RGB", 3: "palette", 4: "grey and alpha", 6: "RGB and alpha"}
    stated = png.significant_bits if is_deep else None
    significant = f", {stated} significant" if stated is not None else ""
    layout = f"PNG, {png.depth} bit {kind[png.colour_type]}{significant}"
    return Picture(path, content, Format.PNG, png.rows, png.columns, is_deep, layout, png=png)


def _tiff(path: Path, content: bytes, page: TiffPage, number: int) -> Picture:
    _demand_size(page.rows, page.columns, path.name)
    kind = "palette" if page.is_palette else {1: "grey", 3: "RGB"}.get(page.samples, "RGBA")
    inverted = ", 0 is white" if page.is_inverted else ""
    layout = f"TIFF, {page.depth} bit {kind}, {page.compression}{inverted}"
    facts = (page.rows, page.columns, page.depth == 16, layout)
    return Picture(path, content, Format.TIFF, *facts, tiff=page, page=number)


def _jpeg(path: Path, content: bytes, stream: BinaryIO) -> Picture:
    stream.seek(0)
    image = opened_image(stream, "JPEG", path.name)
    columns, rows = image.size
    _demand_size(rows, columns, path.name)
    if image.mode not in {"L", "RGB"}:
        raise ColourImage(path.name, f"a JPEG in {image.mode}", A_SCAN)
    layout = f"JPEG, {image.mode}"
    return Picture(path, content, Format.JPEG, rows, columns, False, layout)


def _demand_size(rows: int, columns: int, where: str) -> None:
    if rows * columns > LARGEST_PIXELS:
        found = f"{columns} x {rows} pixels"
        raise TooLarge(where, found, f"at most {LARGEST_PIXELS} pixels")
