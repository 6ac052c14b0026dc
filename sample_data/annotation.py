"""A reader's marks on the hand film: a red ring about a joint and a yellow arrow to it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from shapes import along

RED, YELLOW = (230, 40, 40), (255, 210, 0)


def ring_and_arrow(rows: int, columns: int, centre: tuple[float, float]) -> NDArray[np.uint8]:
    """Return an RGBA picture, transparent but for a ring about a point and an arrow to it.

    Parameters
    ----------
    rows, columns : int
        Size of the picture.
    centre : tuple of float
        The point (x, y) in pixels.

    Returns
    -------
    ndarray of uint8, shape (rows, columns, 4)
        Straight alpha, 0 or 255.
    """
    y, x = np.mgrid[0.0:rows, 0.0:columns]
    cx, cy = centre
    tip = (cx + 31.0, cy - 17.0)
    towards = (math.cos(math.radians(-29.0)), math.sin(math.radians(-29.0)))
    tail = (tip[0] + 74.0 * towards[0], tip[1] + 74.0 * towards[1])
    from_tip = (x - tip[0]) * towards[0] + (y - tip[1]) * towards[1]
    aside = np.abs((y - tip[1]) * towards[0] - (x - tip[0]) * towards[1])
    head = (from_tip >= 0.0) & (from_tip <= 18.0) & (aside <= 0.5 * from_tip)
    shaft = (along(y, x, tip, tail)[0] <= 2.5) & (from_tip > 9.0)
    picture = np.zeros((rows, columns, 4), np.uint8)
    picture[np.abs(np.hypot(x - cx, y - cy) - 26.0) <= 2.0] = (*RED, 255)
    picture[head | shaft] = (*YELLOW, 255)
    return picture
