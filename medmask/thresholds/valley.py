"""The valley between two kinds of tissue, sought near a level."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medmask.errors import NoThreshold
from medmask.histogram import Histogram
from medmask.thresholds.bottoms import Bottom, bottoms_of
from medmask.thresholds.density import BINS_PER_LEVEL, log_density
from medmask.thresholds.mixture import Mixture
from medmask.thresholds.search import Search
from medmask.thresholds.threshold import Threshold

# The bottom of a valley with more than half of its lower shoulder lies up to 7 levels from where
# both sides are as frequent, on films with noise of 1 to 6 levels; where the histogram bends
# upwards most lies nearer, if it is next to the bottom. The twofold also tells how steep two
# sides are.
SHALLOW = math.log(2.0)
BESIDE = 4.0  # levels: the bend farther from a shallow valley's bottom is another one's
HALFWAY = 0.75  # of `within`: shallow valleys farther out are left alone
LEAST_ABOVE = 1e-3  # less than this share of the voxels above the valley is no object
SIGNIFICANT = 4.0  # so is one less deep than so many standard errors of its bottom
MIXTURE_LEVELS = 2.5  # smooths what is taken apart into kinds of matter
DARKEST_FLESH = 26.5  # levels below `near` that the peak of flesh may lie, and no background's
LEAST_FLESH, LEAST_BONE = 0.03, 0.045  # of the object


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

    If all valleys are shallower, the bend of the histogram (`Mixture`) beside the bottom of one is
    taken. Below either kind there must be flesh, a peak too bright for a background: a bright
    exposure moves the valley between background and flesh to where bone is looked for.

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
            If there is no valley in the range, it is shallow, it may lie between background and
            flesh, or next to nothing lies above it.
        """
        levels, density = log_density(histogram, self.near, self.sigma)
        mixture = Mixture.of(histogram, self.near, MIXTURE_LEVELS)
        valley = self._nearest(levels, density)
        if valley.depth >= self._least(density, valley):
            level = float(levels[0]) + _crossing(density, valley.middle) / BINS_PER_LEVEL
        else:
            level = self._bend(mixture, _level(levels, valley), valley.depth)
        above = histogram.above(level)
        if above < LEAST_ABOVE * histogram.total:
            raise _refusal(
                f"only {above} of {histogram.total} voxels lie above the valley at {level:.4g}"
            )
        self._demand_flesh(mixture, level)
        search = Search("valley", self.near, self.within)
        return search.accept(level, histogram, valley.depth / math.log(10.0))

    def _nearest(self, levels: NDArray[np.float64], density: NDArray[np.float64]) -> Bottom:
        """Return the valley nearest to ``near`` of those in the range that are deep enough.

        If there are none, of those whose depth is none of chance.
        """
        search = Search("valley", self.near, self.within)
        inside = [one for one in bottoms_of(density) if search.holds(_level(levels, one))]
        if not inside:
            raise _refusal(f"the histogram has no valley within {search.low:g}..{search.high:g}")
        real = [one for one in inside if one.depth >= self._chance(density, one)]
        deep = [one for one in real if one.depth >= SHALLOW]
        if not real:
            deepest = max(inside, key=lambda one: one.depth)
            raise _shallow(_level(levels, deepest), deepest.depth, self._least(density, deepest))
        return min(deep or real, key=lambda one: abs(_level(levels, one) - self.near))

    def _bend(self, mixture: Mixture, bottom: float, depth: float) -> float:
        """Return where the histogram bends most beside the bottom of a shallow valley."""
        meetings = list(itertools.pairwise(mixture.kinds))
        beside = min(meetings, key=lambda two: abs(mixture.end(two[0]) - bottom), default=None)
        if beside is None:
            raise _shallow(bottom, depth, SHALLOW)
        level = mixture.end(beside[0])
        bone = beside[1].share / self._object(mixture)
        far = abs(level - bottom) > BESIDE or abs(level - self.near) > HALFWAY * self.within
        if far or bone < LEAST_BONE:
            raise _shallow(bottom, depth, SHALLOW)
        return level

    def _demand_flesh(self, mixture: Mixture, level: float) -> None:
        """Refuse the valley behind the background, which a bright exposure moves into the range."""
        least = self.near - DARKEST_FLESH
        below = [one for one in mixture.kinds[:-1] if mixture.centre(one) < level]
        flesh = max((one.share for one in below if mixture.centre(one) >= least), default=0.0)
        if flesh == 0.0 or flesh < LEAST_FLESH * self._object(mixture):
            raise _refusal(
                f"below the valley at {level:.4g} there is no peak brighter than {least:g}: "
                "what is there may be background"
            )

    def _object(self, mixture: Mixture) -> float:
        """Return the share of what is no background."""
        least = self.near - DARKEST_FLESH
        return sum(one.share for one in mixture.kinds if mixture.centre(one) >= least)

    def _least(self, density: NDArray[np.float64], bottom: Bottom) -> float:
        """Return how deep a valley must be to be left as it is."""
        return max(SHALLOW, self._chance(density, bottom))

    def _chance(self, density: NDArray[np.float64], bottom: Bottom) -> float:
        """Return how deep chance in counting alone may make a valley."""
        return SIGNIFICANT * self._noise(float(density[bottom.first]))

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


def _refusal(reason: str) -> NoThreshold:
    return NoThreshold("valley", reason)


def _shallow(level: float, depth: float, least: float) -> NoThreshold:
    return _refusal(
        f"the valley at {level:g} is shallow: {_share(depth)} below its shoulder, where "
        f"{_share(least)} are asked for"
    )


def _share(depth: float) -> str:
    return f"{1.0 - math.exp(-depth):.0%}"
