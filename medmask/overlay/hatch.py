"""Lines across a mask, between which the scan is seen as it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medmask.overlay.contour import contour

PERIOD_PX = 8
WIDTH_PX = 2


def hatch(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the pixels of a mask along its edge and on slanting lines through it.

    Parameters
    ----------
    mask : ndarray of bool, shape (rows, columns)

    Returns
    -------
    ndarray of bool, shape (rows, columns)
        Within the mask. Lines run up to the right and go on from one mask to the next.
    """
    rows, columns = np.ogrid[: mask.shape[0], : mask.shape[1]]
    lines = (rows + columns) % PERIOD_PX < WIDTH_PX
    return np.asarray(contour(mask) | (mask & lines))
