"""Li's threshold: the two classes' means tell as much of the picture as they can."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from medmask.errors import NoThreshold
from medmask.histogram import Histogram
from medmask.thresholds.bins import Bins
from medmask.thresholds.search import Search
from medmask.thresholds.threshold import Threshold
from medmask.thresholds.variance import explained_at


@dataclass(frozen=True)
class Li:
    """The level of minimum cross-entropy between the picture and its two means [1]_, [2]_.

    Parameters
    ----------
    near, within : float or None
        If given, both: the iteration starts from ``near`` rather than from the mean, and has to
        end from ``near - within`` to ``near + within``.

    Notes
    -----
    Levels count from the least that occurs, as the cross-entropy is that of positive numbers. The
    iteration ends when it moves by no more than half a bin; as a step never turns round, it ends.

    References
    ----------
    .. [1] C. H. Li, C. K. Lee, "Minimum cross entropy thresholding", Pattern Recognition 26
       (1993) 617-625, :doi:`10.1016/0031-3203(93)90115-D`
    .. [2] C. H. Li, P. K. S. Tam, "An iterative algorithm for minimum cross entropy
       thresholding", Pattern Recognition Letters 19 (1998) 771-776,
       :doi:`10.1016/S0167-8655(98)00057-9`
    """

    near: float | None = None
    within: float | None = None

    def __post_init__(self) -> None:
        Search("li", self.near, self.within)

    def choose(self, histogram: Histogram) -> Threshold:
        """Return Li's level; the evidence is the share of all variance that it explains, 0..1.

        Raises
        ------
        NoThreshold
            If all voxels have one value, ``near`` is not among them, or the iteration ends
            elsewhere than asked for.
        """
        search = Search("li", self.near, self.within)
        bins = Bins.of(histogram, "li")
        start = self.near
        if start is not None and not bins.levels[0] <= start < bins.levels[-1]:
            span = f"{bins.levels[0]:.4g}..{bins.levels[-1]:.4g}"
            raise NoThreshold("li", f"it cannot start at {start:g}: the levels are {span}")
        level = _settled(bins, start)
        return search.accept(level, histogram, explained_at(bins, level))


def _settled(bins: Bins, start: float | None) -> float:
    """Return where the iteration comes to rest.

    The next level is the logarithmic mean of the two classes' means and so lies between them:
    neither class is ever empty.
    """
    levels = bins.levels - bins.levels[0]
    reached, moment = np.cumsum(bins.counts), np.cumsum(bins.counts * levels)
    here = moment[-1] / reached[-1] if start is None else start - bins.levels[0]
    while True:
        last = int(np.searchsorted(levels, here, side="right")) - 1
        below = moment[last] / reached[last]
        above = (moment[-1] - moment[last]) / (reached[-1] - reached[last])
        if below == 0:  # only the least level is left in the background
            break
        before, here = here, (above - below) / math.log(above / below)
        if abs(here - before) <= bins.half:
            break
    return float(here + bins.levels[0])
