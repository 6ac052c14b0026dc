"""Yen's threshold: two classes of which each is as even as it can be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medmask.histogram import Histogram
from medmask.thresholds.bins import Bins
from medmask.thresholds.search import Search
from medmask.thresholds.threshold import Threshold


@dataclass(frozen=True)
class Yen:
    """The level that maximises the entropic correlation of its two sides [1]_.

    Parameters
    ----------
    near, within : float or None
        If given, both: only levels from ``near - within`` to ``near + within`` are searched. The
        classes are those of the whole histogram all the same.

    Notes
    -----
    Entropy depends on the width of the bins, and so does this threshold: a single stored value
    that is much more frequent than all others, such as clipped air, decides it.

    References
    ----------
    .. [1] J.-C. Yen, F.-J. Chang, S. Chang, "A new criterion for automatic multilevel
       thresholding", IEEE Transactions on Image Processing 4 (1995) 370-378,
       :doi:`10.1109/83.366472`
    """

    near: float | None = None
    within: float | None = None

    def __post_init__(self) -> None:
        Search("yen", self.near, self.within)

    def choose(self, histogram: Histogram) -> Threshold:
        """Return Yen's level; the evidence is the correlation there, in nats.

        Raises
        ------
        NoThreshold
            If all voxels have one value, or the correlation has no maximum within the levels
            searched.
        """
        search = Search("yen", self.near, self.within)
        bins = Bins.of(histogram, "yen").occupied
        correlation = _correlation(bins.counts)
        splits = (bins.levels[:-1] + bins.levels[1:]) / 2
        best = search.highest(splits, correlation, "the entropic correlation")
        level = float(bins.levels[best]) + bins.half
        return Threshold(level, histogram.scale.native_of(level), float(correlation[best]))


def _correlation(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the criterion after each bin but the last; no count is 0, so no logarithm fails."""
    share = counts / counts.sum()
    below = np.cumsum(share)[:-1]
    above = np.cumsum(share[::-1])[::-1][1:]
    squares_below = np.cumsum(share**2)[:-1]
    squares_above = np.cumsum(share[::-1] ** 2)[::-1][1:]
    correlation: NDArray[np.float64] = np.log((below * above) ** 2 / squares_below / squares_above)
    return correlation
