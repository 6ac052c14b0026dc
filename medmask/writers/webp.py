"""Pictures -> WebP bytes."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LARGEST_PX = 16383  # WebP stores 14 bits a side
_LOSSY_EFFORT, _LOSSLESS_EFFORT = 2, 1


def webp(pixels: NDArray[np.uint8], quality: int) -> bytes:
    """Return a picture as lossy WebP without metadata.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (rows, columns) or (rows, columns, 3)
        Grey or RGB, at most 16383 pixels a side.
    quality : int
        0 (small) to 100.

    Raises
    ------
    ValueError
        If the picture is too large for the format.
    """
    return _encoded(Image.fromarray(pixels), quality=quality, method=_LOSSY_EFFORT)


def webp_masks(bits: NDArray[np.uint8]) -> bytes:
    """Return up to three masks as one lossless WebP: red, green and blue, each full or empty.

    Parameters
    ----------
    bits : ndarray of uint8, shape (rows, columns)
        0 to 7: 1 where the first mask lies, 2 the second, 4 the third, added up where they
        overlap. At most 16383 pixels a side.

    Raises
    ------
    ValueError
        If the picture is too large for the format.

    Notes
    -----
    WebP packs two to eight pixels of so few colours into a byte before it looks for repetitions.
    """
    image = Image.fromarray(bits)
    image.putpalette([255 * (bits >> mask & 1) for bits in range(8) for mask in range(3)])
    return _encoded(image.convert("RGB"), lossless=True, quality=20, method=_LOSSLESS_EFFORT)


def _encoded(image: Image.Image, **how: int) -> bytes:
    if max(image.size) > LARGEST_PX:
        wide, high = image.size
        raise ValueError(f"a picture of {wide} x {high} pixels; WebP holds {LARGEST_PX} a side")
    buffer = io.BytesIO()
    image.save(buffer, format="WEBP", **how)
    return buffer.getvalue()
