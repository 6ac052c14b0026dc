"""The minimum between the two peaks of a histogram that was smoothed until it has two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medmask.errors import NoThreshold
from medmask.histogram import Histogram
from medmask.thresholds.bins import Bins
from medmask.thresholds.search import Search
from medmask.thresholds.smoothing import mean_of_three
from medmask.thresholds.threshold import Threshold

WIDTH_LEVELS = 1.0  # peaks of anatomy are wider
MOST_BINS = 1024  # smoothing spreads with the square root of its passes
MOST_PASSES = 10_000


@dataclass(frozen=True)
class Minimum:
    """The lowest point between the two peaks that are left after smoothing [1]_.

    Parameters
    ----------
    near, within : float or None
        If given, both: a minimum elsewhere than from ``near - within`` to ``near + within`` is
        refused.

    Notes
    -----
    A running mean of three bins is taken again and again until there are fewer than three peaks.
    How many passes that takes grows with the square of the number of bins, so that bins narrower
    than a level are merged into levels first, and further where there were more than 1,024.

    References
    ----------
    .. [1] J. M. S. Prewitt, M. L. Mendelsohn, "The analysis of cell images", Annals of the New
       York Academy of Sciences 128 (1966) 1035-1053,
       :doi:`10.1111/j.1749-6632.1965.tb11715.x`
    """

    near: float | None = None
    within: float | None = None

    def __post_init__(self) -> None:
        Search("minimum", self.near, self.within)

    def choose(self, histogram: Histogram) -> Threshold:
        """Return the minimum; the evidence is its depth, as a share of the lower peak, 0..1.

        Raises
        ------
        NoThreshold
            If smoothing does not lead to two peaks, or the minimum lies elsewhere than asked for.
        """
        bins = Bins.of(histogram, "minimum").merged(WIDTH_LEVELS, MOST_BINS)
        smooth, peaks = _with_two_peaks(bins.counts)
        lowest = peaks[0] + int(smooth[peaks[0] : peaks[1] + 1].argmin())
        depth = 1.0 - smooth[lowest] / smooth[peaks].min()
        level = float(bins.levels[lowest]) + bins.half
        return Search("minimum", self.near, self.within).accept(level, histogram, float(depth))


def _with_two_peaks(counts: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Return the smoothed counts and the two peaks' bins."""
    smooth = counts.astype(np.float32)
    for _ in range(MOST_PASSES):
        smooth = mean_of_three(smooth)
        peaks = _peaks(smooth)
        if peaks.size < 3:
            break
    if peaks.size != 2:
        raise NoThreshold("minimum", f"smoothing leaves {peaks.size} peaks where 2 are needed")
    return smooth, peaks


def _peaks(counts: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return the last bin of each rise that is followed by a fall, level stretches between or not.

    The histogram comes from below: a fall at its beginning makes its first bin a peak.
    """
    steps = np.diff(counts)
    moves = np.flatnonzero(steps)
    falls = steps[moves] < 0
    rose_before = np.concatenate([[True], ~falls[:-1]])
    peaks: NDArray[np.intp] = moves[falls & rose_before]
    return peaks
