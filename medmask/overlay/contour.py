"""The line along the inside of a mask's edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


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
