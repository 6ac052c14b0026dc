"""A picture's header -> its samples or grey values, by the decoder of its format."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from medmask.errors import Damaged
from medmask.readers.pictures.grey import Grey, grey_of, grey_under, transparency_warning
from medmask.readers.pictures.picture import PILLOW, Picture, opened_image, quiet
from medmask.readers.pictures.png import PngFile, as_eight_bit_rgba, demand_all_rows
from medmask.scan import Format


def decode(picture: Picture) -> Grey:
    """Return a picture's grey values.

    Parameters
    ----------
    picture : Picture

    Raises
    ------
    Damaged
        If it is not whole.
    IsAnnotation
        If it is a drawing with an opacity of its own.
    """
    pixels = decode_channels(picture)
    if pixels.shape[-1] in {2, 4}:
        return grey_under(pixels, picture.where)
    grey = grey_of(pixels)
    has_key = picture.png is not None and picture.png.has_transparency
    return replace(grey, warnings=(*grey.warnings, *(transparency_warning() if has_key else ())))


def decode_channels(picture: Picture) -> NDArray[Any]:
    """Return a picture's samples as they are.

    Parameters
    ----------
    picture : Picture

    Returns
    -------
    ndarray of uint8 or uint16, shape (rows, columns, 1 to 4)
        Grey, grey and opacity, RGB, or RGB and opacity, which is straight. A palette is RGB.

    Raises
    ------
    Damaged
        If it is not whole.
    """
    pixels = _DECODERS[picture.format](picture)
    if pixels.ndim == 2:
        pixels = pixels[..., np.newaxis]
    return pixels.astype(picture.dtype, copy=False)


def _png(picture: Picture) -> NDArray[Any]:
    png = picture.png
    assert png is not None
    demand_all_rows(png, picture.where)
    if picture.is_deep and png.colour_type != 0:
        return _deep_png(picture, png)
    image = opened_image(io.BytesIO(png.picture), "PNG", picture.where)
    if png.colour_type == 0:
        return _loaded(image, picture.where, "" if picture.is_deep else "L")
    return _loaded(image, picture.where, "" if png.has_alpha else "RGB")


def _deep_png(picture: Picture, png: PngFile) -> NDArray[Any]:
    """Decode 16-bit channels, which Pillow cuts to 8 bits without a word."""
    if png.colour_type == 4:
        # Two channels of 16 bits have the bytes and the filters of four channels of 8
        image = opened_image(io.BytesIO(as_eight_bit_rgba(png)), "PNG", picture.where)
        return _loaded(image, picture.where).view(">u2")
    return _by_itk(picture)[..., : 4 if png.has_alpha else 3]


def _by_itk(picture: Picture) -> NDArray[np.uint16]:
    """Return channels of 16 bits, shape (rows, columns, 3 or 4)."""
    import SimpleITK as sitk  # noqa: N813 - loading it takes as long as a small scan

    reader: Any = sitk.ImageFileReader()  # type: ignore[no-untyped-call]
    reader.SetImageIO("PNGImageIO")
    reader.SetFileName(str(picture.path))
    try:
        pixels = sitk.GetArrayFromImage(reader.Execute())
    except RuntimeError as error:
        found = "the pixels do not decode"
        raise Damaged(picture.where, found, "a whole picture") from error
    if pixels.dtype != np.uint16 or pixels.shape[:2] != (picture.rows, picture.columns):
        raise Damaged(picture.where, f"pixels of {pixels.shape}", "those of the header")
    return np.asarray(pixels, np.uint16)


def _jpeg(picture: Picture) -> NDArray[Any]:
    return _loaded(opened_image(io.BytesIO(picture.content), "JPEG", picture.where), picture.where)


def _tiff(picture: Picture) -> NDArray[Any]:
    page = picture.tiff
    assert page is not None
    image = opened_image(io.BytesIO(picture.content), "TIFF", picture.where)
    try:
        with quiet():
            image.seek(picture.page)
    except PILLOW as error:
        found = f"page {picture.page + 1} does not open: {error}"
        raise Damaged(picture.where, found, "a whole picture") from error
    pixels = _loaded(image, picture.where, "RGB" if page.is_palette else "")
    if pixels.shape[:2] != (picture.rows, picture.columns):
        raise Damaged(picture.where, f"pixels of {pixels.shape}", "those of the directory")
    if page.is_inverted and not picture.is_deep:
        pixels = 255 - pixels  # Pillow turns 8 bits round and leaves 16 as they are
    return pixels


def _loaded(image: Image.Image, where: str, mode: str = "") -> NDArray[Any]:
    try:
        with quiet():
            return np.asarray(image.convert(mode) if mode else image)
    except PILLOW as error:
        raise Damaged(where, f"the pixels do not decode: {error}", "a whole picture") from error


_DECODERS: Final[dict[Format, Callable[[Picture], NDArray[Any]]]] = {
    Format.PNG: _png,
    Format.JPEG: _jpeg,
    Format.TIFF: _tiff,
}
