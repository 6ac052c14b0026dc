"""Smoothing of curves of some hundred values, without what a library for images takes to load."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_TRUNCATE = 4.0  # widths of a Gaussian beyond which nothing is left


def gaussian(
    values: NDArray[np.float64], sigma: float, *, bend: bool = False
) -> NDArray[np.float64]:
    """Smooth a curve with a Gaussian, or find the second derivative of what that leaves.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        At equal distances; beyond its ends the curve goes on as at them.
    sigma : float
        Standard deviation of the Gaussian in these distances.
    bend : bool
        Whether the second derivative is asked for.

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    reach = int(_TRUNCATE * sigma + 0.5)
    at = np.arange(-reach, reach + 1) / sigma
    kernel = np.exp(-(at**2) / 2)
    kernel /= kernel.sum()
    if bend:
        kernel *= (at**2 - 1) / sigma**2
    return np.convolve(np.pad(values, reach, mode="edge"), kernel, mode="valid")


def mean_of_three(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean of each value and its two neighbours; the outermost count twice.

    Parameters
    ----------
    values : ndarray of float32, shape (n,)

    Returns
    -------
    ndarray of float32, shape (n,)
    """
    wide = np.concatenate([values[:1], values, values[-1:]], dtype=np.float64)
    return ((wide[:-2] + wide[1:-1] + wide[2:]) / 3).astype(np.float32)
