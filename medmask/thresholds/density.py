"""How frequent each level is, smoothed on the logarithm."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from medmask.histogram import Histogram
from medmask.thresholds.smoothing import gaussian

BINS_PER_LEVEL = 2
SPAN_LEVELS = 256.0  # as far as this from `near` the histogram is looked at
_MARGIN_LEVELS = 6.0  # of nothing, at both ends of a histogram


def log_density(
    histogram: Histogram, near: float, sigma: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return half levels and the smoothed natural logarithm of one more than their counts.

    Parameters
    ----------
    histogram : Histogram
    near : float
        The level about which is looked.
    sigma : float
        Standard deviation in levels of the Gaussian that smooths.

    Returns
    -------
    levels, density : ndarray of float64, shape (n,)
        Centres of the half levels, and the logarithms there.

    Notes
    -----
    Each bin's voxels are spread evenly over its width, so that bins narrower or wider than half a
    level neither pile up nor leave gaps. The logarithm is smoothed rather than the counts, as the
    width of a Gaussian peak stays what it is then.
    """
    levels, counts = per_half_level(histogram, near)
    return levels, gaussian(np.log1p(counts), sigma * BINS_PER_LEVEL)


def per_half_level(
    histogram: Histogram, near: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Share counts out to half levels.

    Parameters
    ----------
    histogram : Histogram
    near : float
        The level about which is looked.

    Returns
    -------
    levels, counts : ndarray of float64, shape (n,)
        Centres of the half levels and what they hold.
    """
    levels = histogram.levels
    half = float(levels[1] - levels[0]) / 2 if levels.size > 1 else 0.5
    edges = np.append(levels - half, levels[-1] + half)
    reached = np.concatenate([[0.0], np.cumsum(histogram.level_counts)])
    low = math.floor(max(edges[0], near - SPAN_LEVELS)) - _MARGIN_LEVELS
    high = math.ceil(min(edges[-1], near + SPAN_LEVELS)) + _MARGIN_LEVELS
    cuts = np.arange(max(round((high - low) * BINS_PER_LEVEL), 1) + 1) / BINS_PER_LEVEL + low
    return (cuts[:-1] + cuts[1:]) / 2, np.diff(np.interp(cuts, edges, reached))
