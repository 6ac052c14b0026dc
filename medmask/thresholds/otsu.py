"""Otsu's threshold: two classes as far apart as they can be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medmask.errors import NoThreshold
from medmask.histogram import Histogram
from medmask.thresholds.threshold import Threshold


@dataclass(frozen=True)
class Otsu:
    """The level that maximises the variance between the classes on its two sides [1]_.

    Parameters
    ----------
    near, within : float or None
        If given, both: only levels from ``near - within`` to ``near + within`` are searched. The
        classes are those of the whole histogram all the same.

    Notes
    -----
    The threshold lies halfway between the last bin of the background and the next bin, so that
    no rounding can move a voxel across it; other programs name the centre of that last bin.

    References
    ----------
    .. [1] N. Otsu, "A threshold selection method from gray-level histograms", IEEE Transactions
       on Systems, Man, and Cybernetics 9 (1979) 62-66, :doi:`10.1109/TSMC.1979.4310076`
    """

    near: float | None = None
    within: float | None = None

    def __post_init__(self) -> None:
        if (self.near is None) != (self.within is None):
            raise ValueError("near and within belong together: give both or neither")
        if self.near is not None and not math.isfinite(self.near):
            raise ValueError(f"near must be a finite level, got {self.near}")
        if self.within is not None and not (math.isfinite(self.within) and self.within > 0):
            raise ValueError(f"within must be a positive number of levels, got {self.within}")

    def choose(self, histogram: Histogram) -> Threshold:
        """Return Otsu's level; the evidence is the share of all variance that it explains, 0..1.

        Raises
        ------
        NoThreshold
            If all voxels have one value, or the variance between classes has no maximum within
            the levels searched.
        """
        levels, counts = _occupied(histogram)
        if levels.size < 2:
            raise NoThreshold("otsu", f"all {histogram.total} voxels have one value")
        between, whole = _variances(levels, counts)
        splits = (levels[:-1] + levels[1:]) / 2
        first, last = self._searched(splits)
        best = first + int(between[first:last].argmax())
        if (best == first > 0) or (best == last - 1 < between.size - 1):
            raise NoThreshold(
                "otsu",
                "the variance between classes has no maximum inside "
                f"{splits[first]:.4g}..{splits[last - 1]:.4g}",
            )
        level = float(levels[best]) + _half_a_bin(histogram)
        return Threshold(level, histogram.scale.native_of(level), float(between[best] / whole))

    def _searched(self, splits: NDArray[np.float64]) -> tuple[int, int]:
        """Return the half-open range of splits to be searched."""
        if self.near is None or self.within is None:
            return 0, splits.size
        low, high = self.near - self.within, self.near + self.within
        first, last = np.searchsorted(splits, low), np.searchsorted(splits, high, side="right")
        if first == last:
            raise NoThreshold("otsu", f"no two levels differ within {low:g}..{high:g}")
        return int(first), int(last)


def _occupied(histogram: Histogram) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the levels that occur and how often."""
    occurs = histogram.level_counts > 0
    return histogram.levels[occurs], histogram.level_counts[occurs].astype(np.float64)


def _variances(
    levels: NDArray[np.float64], counts: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Return the variance between classes at each split, shape (n - 1,), and the whole variance.

    No count is 0, so that neither class is ever empty and the divisions are safe.
    """
    centred = levels - np.average(levels, weights=counts)  # large offsets would cost digits
    share = counts / counts.sum()
    below = np.cumsum(share)[:-1]
    moment = np.cumsum(share * centred)[:-1]  # the other class has the opposite moment
    return moment**2 / (below * (1.0 - below)), float((share * centred**2).sum())


def _half_a_bin(histogram: Histogram) -> float:
    levels = histogram.levels
    return float(levels[1] - levels[0]) / 2
