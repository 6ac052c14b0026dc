"""The valley between two kinds of tissue, sought near a level."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medmask.errors import NoThreshold
from medmask.histogram import Histogram
from medmask.thresholds.bottoms import Bottom, bottoms_of
from medmask.thresholds.density import BINS_PER_LEVEL, log_density
from medmask.thresholds.search import Search
from medmask.thresholds.threshold import Threshold

# A valley with more than half of its lower shoulder is left alone: over films with noise of 1 to 6
# levels, the bottom of shallower ones lay up to 7 levels from where both sides are as frequent. The
# twofold also tells how steep its two sides are.
SHALLOW = math.log(2.0)
LEAST_ABOVE = 1e-3  # less than this share of the voxels above the valley is no object
SIGNIFICANT = 4.0  # so is one less deep than so many standard errors of its bottom


@dataclass(frozen=True)
class Valley:
    """The lowest point between two peaks of the smoothed logarithm of the histogram [1]_.

    Parameters
    ----------
    near : float
        The level about which it lies.
    within : float
        By how many levels it may differ from ``near``.
    sigma : float
        Standard deviation in levels of the Gaussian that smooths the logarithm of the histogram.

    Notes
    -----
    A valley is as deep as its lower shoulder is high above its bottom, and a shoulder is the
    highest point on one side before the histogram falls below the bottom again. Of those whose
    density is half of the shoulder's or less, and by more than chance in counting, the one nearest
    to ``near`` is taken. Of a gap without any voxels the middle is taken.

    The sum of a steep flank and a gentle one is lowest beyond where they cross, so the level
    returned lies off the bottom, towards the steeper side, by at most the distance to where the
    histogram is twice as high.

    The mode method of the reference smooths until two peaks are left and takes the lowest point
    between them; here the smoothing is stated, and there may be any number of other peaks.

    References
    ----------
    .. [1] J. M. S. Prewitt, M. L. Mendelsohn, "The analysis of cell images", Annals of the New
       York Academy of Sciences 128 (1966) 1035-1053,
       :doi:`10.1111/j.1749-6632.1965.tb11715.x`
    """

    near: float = 64.0
    within: float = 16.0
    sigma: float = 2.0

    def __post_init__(self) -> None:
        Search("valley", self.near, self.within)
        if not (math.isfinite(self.sigma) and self.sigma > 0):
            raise ValueError(f"sigma must be a positive number of levels, got {self.sigma}")

    def choose(self, histogram: Histogram) -> Threshold:
        """Return where the valley's two flanks cross; the evidence is its depth in decades.

        Raises
        ------
        NoThreshold
            If there is no valley in the range, it is shallow, it lies between background and flesh,
            or next to nothing lies above it.
        """
        levels, density = log_density(histogram, self.near, self.sigma)
        valley = self._nearest(levels, density)
        level = float(levels[0]) + _crossing(density, valley.middle) / BINS_PER_LEVEL
        above = histogram.above(level)
        if above < LEAST_ABOVE * histogram.total:
            raise NoThreshold(
                "valley",
                f"only {above} of {histogram.total} voxels lie above the valley at {level:.4g}",
            )
        search = Search("valley", self.near, self.within)
        return search.accept(level, histogram, valley.depth / math.log(10.0))

    def _nearest(self, levels: NDArray[np.float64], density: NDArray[np.float64]) -> Bottom:
        """Return the valley nearest to ``near`` of those in the range that are deep enough."""
        search = Search("valley", self.near, self.within)
        inside = [one for one in bottoms_of(density) if search.holds(_level(levels, one))]
        if not inside:
            raise NoThreshold(
                "valley", f"the histogram has no valley within {search.low:g}..{search.high:g}"
            )
        deep = [one for one in inside if one.depth >= self._least(density, one)]
        if not deep:
            deepest = max(inside, key=lambda one: one.depth)
            least = self._least(density, deepest)
            raise NoThreshold(
                "valley",
                f"the valley at {_level(levels, deepest):g} is shallow: {_share(deepest.depth)} "
                f"below its shoulder, where {_share(least)} are asked for",
            )
        nearest = min(deep, key=lambda one: abs(_level(levels, one) - self.near))
        self._demand_flesh_below(levels, density, nearest)
        return nearest

    def _demand_flesh_below(
        self, levels: NDArray[np.float64], density: NDArray[np.float64], chosen: Bottom
    ) -> None:
        """Refuse the valley behind the background, which a bright exposure moves into the range."""
        at = _level(levels, chosen)
        deep = [one for one in bottoms_of(density) if one.depth >= self._least(density, one)]
        places = [_level(levels, one) for one in deep]
        beyond = [place for place in places if place > self.near + self.within]
        if at < self.near and at <= min(places) and beyond:
            raise NoThreshold(
                "valley",
                f"the valley at {at:g} is the darkest, as that behind a background is, "
                f"and there is one at {min(beyond):g}, too bright to be looked for",
            )

    def _least(self, density: NDArray[np.float64], bottom: Bottom) -> float:
        """Return how deep a valley must be to be told from chance."""
        return max(SHALLOW, SIGNIFICANT * self._noise(float(density[bottom.first])))

    def _noise(self, density: float) -> float:
        """Return the standard error of a smoothed logarithm that chance in counting causes.

        A count of c has a logarithm uncertain by the root of 1 / c; the Gaussian averages as much
        as a mean of twice the root of pi times its deviation would.
        """
        averaged = 2.0 * math.sqrt(math.pi) * self.sigma * BINS_PER_LEVEL
        return math.exp(-density / 2.0) / math.sqrt(averaged)


def _level(levels: NDArray[np.float64], bottom: Bottom) -> float:
    return float(levels[int(bottom.middle)])


def _crossing(density: NDArray[np.float64], bottom: float) -> float:
    """Return the bin, in fractions, at which both flanks of a valley are equally frequent.

    Where the slopes are alike that is the bottom itself. Where one is far steeper, the sum is all
    but flat beside it, so that its bottom lies away from it, and both are equally frequent where
    the sum is twice its bottom on the steep side. In between is in between.
    """
    high = np.flatnonzero(density >= density[math.floor(bottom)] + SHALLOW - 1e-9)
    after = int(np.searchsorted(high, bottom))
    left, right = bottom - int(high[after - 1]), int(high[after]) - bottom
    return bottom + min(left, right) * (left - right) / (left + right)


def _share(depth: float) -> str:
    return f"{1.0 - math.exp(-depth):.0%}"
