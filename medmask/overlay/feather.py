"""A mask with a soft edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter


def feather(mask: NDArray[np.bool_], sigma_px: float | tuple[float, ...]) -> NDArray[np.float32]:
    """Return weights that fall from 1 to 0 across a mask's edge and are half upon it.

    Parameters
    ----------
    mask : ndarray of bool, any shape
    sigma_px : float or tuple of float
        Standard deviation of the Gaussian in pixels, for all axes or one for each; 0 keeps an
        axis sharp. From millimetres: ``feather_mm / spacing_mm``.

    Returns
    -------
    ndarray of float32
        Same shape, within 0..1. The array's border does not pull weights down.
    """
    soft: NDArray[np.float32] = gaussian_filter(mask.astype(np.float32), sigma_px, mode="nearest")
    return np.clip(soft, 0.0, 1.0)
