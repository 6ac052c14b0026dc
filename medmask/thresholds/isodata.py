"""The isodata threshold: halfway between the means of its two sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medmask.errors import NoThreshold
from medmask.histogram import Histogram
from medmask.thresholds.bins import Bins
from medmask.thresholds.search import Search
from medmask.thresholds.threshold import Threshold
from medmask.thresholds.variance import explained_at


@dataclass(frozen=True)
class Isodata:
    """The lowest level that lies halfway between the means of what is below and above it [1]_.

    Parameters
    ----------
    near, within : float or None
        If given, both: the lowest such level from ``near - within`` to ``near + within``.

    References
    ----------
    .. [1] T. W. Ridler, S. Calvard, "Picture thresholding using an iterative selection method",
       IEEE Transactions on Systems, Man, and Cybernetics 8 (1978) 630-632,
       :doi:`10.1109/TSMC.1978.4310039`
    """

    near: float | None = None
    within: float | None = None

    def __post_init__(self) -> None:
        Search("isodata", self.near, self.within)

    def choose(self, histogram: Histogram) -> Threshold:
        """Return the level; the evidence is the share of all variance that it explains, 0..1.

        Raises
        ------
        NoThreshold
            If all voxels have one value, or no such level lies within those searched.
        """
        search = Search("isodata", self.near, self.within)
        bins = Bins.of(histogram, "isodata")
        levels = bins.levels[_is_halfway(bins)] + bins.half
        fitting = [float(level) for level in levels if search.holds(float(level))]
        if not fitting:
            raise NoThreshold(
                "isodata",
                f"no level within {search.low:g}..{search.high:g} lies halfway between the means; "
                f"{levels[0]:.4g} does",
            )
        return search.accept(fitting[0], histogram, explained_at(bins, fitting[0]))


def _is_halfway(bins: Bins) -> NDArray[np.intp]:
    """Return the bins after which to split, such that the means' middle lies no more than a bin on.

    There is always one: from bin to bin the middle never falls, so that its lead over the bin
    shrinks by a bin at most; the first bin's is not negative and the last one's less than a bin.
    """
    centred = bins.levels - bins.levels[0]
    below = np.cumsum(bins.counts)[:-1]
    moment = np.cumsum(bins.counts * centred)
    above = bins.counts.sum() - below
    middle = (moment[:-1] / below + (moment[-1] - moment[:-1]) / above) / 2
    lead = middle - centred[:-1]
    return np.flatnonzero((lead >= 0) & (lead < 2 * bins.half))
