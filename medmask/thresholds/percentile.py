"""A threshold below which a stated share of the voxels lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from medmask.histogram import Histogram
from medmask.thresholds.bins import Bins
from medmask.thresholds.search import Search
from medmask.thresholds.threshold import Threshold


@dataclass(frozen=True)
class Percentile:
    """The lowest level with at least a stated share of the valid voxels at or below it.

    Parameters
    ----------
    percent : float
        Of the valid voxels, above 0 and below 100. The default, the median, is a starting point
        for lack of a better one.

    Notes
    -----
    This is Doyle's *p*-tile method [1]_, for scans of which it is known how much the object covers.

    References
    ----------
    .. [1] W. Doyle, "Operations useful for similarity-invariant pattern recognition", Journal of
       the ACM 9 (1962) 259-267, :doi:`10.1145/321119.321123`
    """

    percent: float = 50.0

    def __post_init__(self) -> None:
        if not 0 < self.percent < 100:
            raise ValueError(f"percent must be above 0 and below 100, got {self.percent}")

    def choose(self, histogram: Histogram) -> Threshold:
        """Return the level, with no evidence: there is nothing to find.

        Raises
        ------
        NoThreshold
            If the greatest value alone is more frequent than what is to be left above.
        """
        bins = Bins.of(histogram, "percentile")
        reached = np.cumsum(bins.counts)
        last = int(np.searchsorted(reached, self.percent / 100.0 * reached[-1]))
        return Search("percentile").accept(float(bins.levels[last]) + bins.half, histogram)
