"""The triangle threshold: where a peak's long tail is farthest from a straight line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from medmask.histogram import Histogram
from medmask.thresholds.bins import Bins
from medmask.thresholds.search import Search
from medmask.thresholds.threshold import Threshold


@dataclass(frozen=True)
class Triangle:
    """The corner between the highest peak and the end of its longer tail [1]_.

    Parameters
    ----------
    near, within : float or None
        If given, both: a corner elsewhere than from ``near - within`` to ``near + within`` is
        refused.

    References
    ----------
    .. [1] G. W. Zack, W. E. Rogers, S. A. Latt, "Automatic measurement of sister chromatid
       exchange frequency", Journal of Histochemistry and Cytochemistry 25 (1977) 741-753,
       :doi:`10.1177/25.7.70454`
    """

    near: float | None = None
    within: float | None = None

    def __post_init__(self) -> None:
        Search("triangle", self.near, self.within)

    def choose(self, histogram: Histogram) -> Threshold:
        """Return the corner; the evidence is how far it lies below the line, over the peak.

        Raises
        ------
        NoThreshold
            If all voxels have one value, nothing lies above the corner, or it lies elsewhere
            than asked for.
        """
        bins = Bins.of(histogram, "triangle")
        peak, last = int(bins.counts.argmax()), bins.counts.size - 1
        tail_is_bright = peak < last - peak
        counts = bins.counts[peak:][::-1] if tail_is_bright else bins.counts[: peak + 1]
        along = np.arange(counts.size - 1)  # from the tail's end towards the peak
        height, width = counts[-1], counts.size - 1
        gap = height * along - width * counts[:-1]  # whole numbers, so that equal is equal
        corner = int(gap.argmax())
        level = bins.levels[last - corner if tail_is_bright else corner] + bins.half
        search = Search("triangle", self.near, self.within)
        return search.accept(float(level), histogram, float(gap[corner] / (height * width)))
