"""A mask with a soft edge."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_ROUNDING = 1e-5  # a sum of float32 weights is that far from 1 at most


def feather(
    mask: NDArray[np.bool_] | NDArray[np.floating[Any]], sigma_px: float | tuple[float, ...]
) -> NDArray[np.float32]:
    """Return weights that fall from 1 to 0 across a mask's edge and are half upon it.

    Parameters
    ----------
    mask : ndarray of bool, or float of 0..1, any shape
    sigma_px : float or tuple of float
        Standard deviation of the Gaussian in pixels, for all axes or one for each; 0 keeps an
        axis sharp. From millimetres: ``feather_mm / spacing_mm``.

    Returns
    -------
    ndarray of float32
        Same shape, within 0..1, and exactly 0 and 1 four deviations away from an edge. The
        array's border does not pull weights down.
    """
    from scipy.ndimage import gaussian_filter

    soft: NDArray[np.float32] = gaussian_filter(mask.astype(np.float32), sigma_px, mode="nearest")
    for slab in soft:
        np.clip(slab, 0.0, 1.0, out=slab)
        slab[slab > 1 - _ROUNDING] = 1.0
    return soft
