"""Otsu's threshold: two classes as far apart as they can be."""

from __future__ import annotations

from dataclasses import dataclass

from medmask.histogram import Histogram
from medmask.thresholds.bins import Bins
from medmask.thresholds.search import Search
from medmask.thresholds.threshold import Threshold
from medmask.thresholds.variance import explained_variance


@dataclass(frozen=True)
class Otsu:
    """The level that maximises the variance between the classes on its two sides [1]_.

    Parameters
    ----------
    near, within : float or None
        If given, both: only levels from ``near - within`` to ``near + within`` are searched. The
        classes are those of the whole histogram all the same.

    References
    ----------
    .. [1] N. Otsu, "A threshold selection method from gray-level histograms", IEEE Transactions
       on Systems, Man, and Cybernetics 9 (1979) 62-66, :doi:`10.1109/TSMC.1979.4310076`
    """

    near: float | None = None
    within: float | None = None

    def __post_init__(self) -> None:
        Search("otsu", self.near, self.within)

    def choose(self, histogram: Histogram) -> Threshold:
        """Return Otsu's level; the evidence is the share of all variance that it explains, 0..1.

        Raises
        ------
        NoThreshold
            If all voxels have one value, or the variance between classes has no maximum within
            the levels searched.
        """
        search = Search("otsu", self.near, self.within)
        bins = Bins.of(histogram, "otsu").occupied
        explained = explained_variance(bins)
        splits = (bins.levels[:-1] + bins.levels[1:]) / 2
        best = search.highest(splits, explained, "the variance between classes")
        level = float(bins.levels[best]) + bins.half
        return Threshold(level, histogram.scale.native_of(level), float(explained[best]))
