"""The line along the inside of a mask's edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_OPAQUE = 255
_HALF = 128


def contour(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the pixels of a mask that touch background by a side.

    Parameters
    ----------
    mask : ndarray of bool, shape (rows, columns)

    Returns
    -------
    ndarray of bool, shape (rows, columns)
        A line one pixel wide, inside the mask. The picture's border is no edge: a mask that runs
        out of the picture is not closed along it.
    """
    inner = mask.copy()
    inner[1:] &= mask[:-1]
    inner[:-1] &= mask[1:]
    inner[:, 1:] &= mask[:, :-1]
    inner[:, :-1] &= mask[:, 1:]
    return mask & ~inner


def resize_edge(mask: NDArray[np.bool_], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return a mask at another size whose edge runs where it is half a mask between two pixels.

    A contour of it follows the edge within voxels when drawn larger, and when drawn smaller it
    shows what fills at least half of a pixel.

    Parameters
    ----------
    mask : ndarray of bool, shape (rows, columns)
    size : tuple of int
        Width and height.
    """
    if mask.shape == size[::-1]:
        return mask
    image = Image.fromarray(mask * np.uint8(_OPAQUE)).resize(size, Image.Resampling.BILINEAR)
    return np.asarray(np.asarray(image) >= _HALF)
