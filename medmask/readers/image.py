"""PNG and JPEG pictures as volumes of one slice, without millimetres."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from medmask.errors import (
    BadHeader,
    ColourImage,
    Damaged,
    IsAnnotation,
    TooLarge,
    Truncated,
    UnsupportedPixels,
)
from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.readers.options import ReadOptions
from medmask.readers.png import PngFile, demand_all_rows, parse_png
from medmask.readers.sniff import name_warning
from medmask.readers.values import only_values
from medmask.scan import Format
from medmask.volume import Display, Volume

LARGEST_PIXELS: Final = 1 << 27
_LARGEST_FILE: Final = 1 << 30
_MASK_VALUES: Final = (frozenset({0.0, 1.0}), frozenset({0.0, 255.0}))
_A_SCAN: Final = "a grey picture of a scan"
_OPAQUE: Final = 255


@dataclass(frozen=True)
class PictureFacts:
    """What the header of a picture tells.

    Attributes
    ----------
    rows, columns : int
    voxel_bytes : int
        Memory of the grey values.
    encoding : str
    """

    rows: int
    columns: int
    voxel_bytes: int
    encoding: str


@dataclass(frozen=True, eq=False)
class _Grey:
    """Grey values and what was left out to have them."""

    pixels: NDArray[Any]
    warnings: tuple[ScanWarning, ...] = ()


def read_picture(path: Path, options: ReadOptions) -> Volume:
    """Read a grey PNG or JPEG.

    Parameters
    ----------
    path : Path
        By content PNG or JPEG.
    options : ReadOptions

    Returns
    -------
    Volume
        One slice, uint8 or uint16; ``display`` spans the true depth of the values.

    Raises
    ------
    ColourImage, UnsupportedPixels
        If the picture is coloured, or 16-bit with more than one channel.
    IsAnnotation
        If it is a mask or a drawing with an opacity of its own.
    TooLarge
        If it has more than 2^27 pixels.
    Damaged
        If it is not whole.
    """
    content = _content(path)
    if _is_png(content):
        png = _checked_png(content, path.name)
        demand_all_rows(png, path.name)
        grey = _png_grey(png, path.name)
        display, depth_warnings = _png_display(png, grey.pixels)
    else:
        grey = _jpeg_grey(content, path.name)
        display, depth_warnings = Display(0, 255), ()
    if grey.pixels.dtype == np.uint8 and only_values(grey.pixels) in _MASK_VALUES:
        raise IsAnnotation(path.name, "only black and white, as a mask", _A_SCAN)
    voxels = np.ascontiguousarray(grey.pixels)[None]
    return Volume(
        voxels=voxels,
        grid=Grid.plain((1, *grey.pixels.shape)),
        modality=options.stated_modality() or "XR",
        display=display,
        warnings=(*name_warning(path, _format(content)), *grey.warnings, *depth_warnings),
    )


def inspect_picture(path: Path) -> PictureFacts:
    """Return what the header of a picture tells, without decoding it.

    Raises
    ------
    ScanError
        Whatever the header alone can tell.
    """
    content = _content(path)
    if _is_png(content):
        png = _checked_png(content, path.name)
        wide = 2 if png.depth == 16 else 1
        facts = f"PNG, {png.depth} bit"
        return PictureFacts(png.rows, png.columns, png.rows * png.columns * wide, facts)
    picture = _jpeg(content, path.name)
    columns, rows = picture.size
    return PictureFacts(rows, columns, rows * columns, f"JPEG, {picture.mode}")


def _content(path: Path) -> bytes:
    size = path.stat().st_size
    if size > _LARGEST_FILE:
        raise TooLarge(path.name, f"a picture of {size} bytes", f"at most {_LARGEST_FILE}")
    return path.read_bytes()


def _is_png(content: bytes) -> bool:
    return content.startswith(b"\x89PNG")


def _format(content: bytes) -> Format:
    return Format.PNG if _is_png(content) else Format.JPEG


def _checked_png(content: bytes, where: str) -> PngFile:
    png = parse_png(content, where)
    _demand_size(png.rows, png.columns, where)
    if png.depth == 1 and png.colour_type == 0:
        raise IsAnnotation(where, "one bit a pixel, as a mask", _A_SCAN)
    if png.depth == 16 and png.colour_type != 0:
        # Pillow cuts these to 8 bits without a word
        found = f"16 bits a channel and colour type {png.colour_type}"
        raise UnsupportedPixels(where, found, "16 bits of grey alone")
    return png


def _demand_size(rows: int, columns: int, where: str) -> None:
    if rows * columns > LARGEST_PIXELS:
        found = f"{columns} x {rows} pixels"
        raise TooLarge(where, found, f"at most {LARGEST_PIXELS} pixels")


def _opened(content: bytes, format_name: str, where: str) -> Image.Image:
    """Open a picture with one decoder only: none that would start another program."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our limit came first
            return Image.open(io.BytesIO(content), formats=[format_name])
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadHeader(where, f"{format_name} is not readable: {error}", "a picture") from error


def _loaded(picture: Image.Image, where: str, mode: str = "") -> NDArray[Any]:
    try:
        return np.asarray(picture.convert(mode) if mode else picture)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Damaged(where, f"the pixels do not decode: {error}", "a whole picture") from error


def _png_grey(png: PngFile, where: str) -> _Grey:
    picture = _opened(png.picture, "PNG", where)
    left_out = _transparency_warning() if png.has_transparency else ()
    if png.colour_type == 0:
        mode = "" if png.depth == 16 else "L"
        pixels = _loaded(picture, where, mode)
        return _Grey(pixels.astype(np.uint16) if png.depth == 16 else pixels, left_out)
    if png.has_alpha:
        return _without_alpha(_loaded(picture, where), where)
    return _Grey(_equal_channels(_loaded(picture, where, "RGB"), where), left_out)


def _without_alpha(pixels: NDArray[np.uint8], where: str) -> _Grey:
    """Return the grey under an alpha channel; a drawing with varying opacity is a layer."""
    colours, alpha = pixels[..., :-1], pixels[..., -1]
    is_constant = bool((alpha == alpha.flat[0]).all())
    if is_constant and alpha.flat[0] == _OPAQUE:
        return _Grey(_equal_channels(colours, where))
    shown = colours[alpha > 0]
    is_drawing = colours.shape[-1] == 3 or shown.size == 0 or bool((shown == shown[0]).all())
    if is_drawing:
        raise IsAnnotation(where, "a layer whose opacity varies", _A_SCAN)
    return _Grey(_equal_channels(colours, where), _transparency_warning())


def _transparency_warning() -> tuple[ScanWarning, ...]:
    message = "transparency was left out; the grey values under it were taken"
    return (ScanWarning("transparency_ignored", message),)


def _equal_channels(colours: NDArray[np.uint8], where: str) -> NDArray[np.uint8]:
    """Return the grey of a picture whose channels are equal."""
    first = colours[..., 0]
    if any((colours[..., k] != first).any() for k in range(1, colours.shape[-1])):
        raise ColourImage(where, "a coloured picture", _A_SCAN)
    return first


def _png_display(png: PngFile, pixels: NDArray[Any]) -> tuple[Display, tuple[ScanWarning, ...]]:
    """Return the range of the true depth: 16 bits often hold 10 to 12."""
    if png.depth != 16:
        return Display(0, 255), ()
    highest = int(pixels.max())
    needed = max(8, highest.bit_length())
    stated = png.significant_bits
    if stated is not None and stated >= 1:
        # An encoder that scaled its values up to 16 bits (11.3.2.7) goes beyond the stated ones
        depth = stated if highest < 1 << stated else 16
        return Display(0, float((1 << depth) - 1)), ()
    if needed == 16:
        return Display(0, 65535.0), ()
    message = f"the depth was taken as {needed} bits, which the maximum {highest} needs"
    return Display(0, float((1 << needed) - 1)), (ScanWarning("depth_guessed", message),)


def _jpeg(content: bytes, where: str) -> Image.Image:
    if b"\xff\xd9" not in content:
        raise Truncated(where, "no end-of-image marker", "a whole JPEG")
    picture = _opened(content, "JPEG", where)
    _demand_size(picture.size[1], picture.size[0], where)
    if picture.mode not in {"L", "RGB"}:
        raise ColourImage(where, f"a JPEG in {picture.mode}", _A_SCAN)
    return picture


def _jpeg_grey(content: bytes, where: str) -> _Grey:
    picture = _jpeg(content, where)
    pixels = _loaded(picture, where)
    return _Grey(pixels if pixels.ndim == 2 else _equal_channels(pixels, where))
