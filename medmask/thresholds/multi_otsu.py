"""Otsu's thresholds for several classes, one of which is taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medmask.errors import NoThreshold
from medmask.histogram import Histogram
from medmask.thresholds.bins import Bins
from medmask.thresholds.search import Search
from medmask.thresholds.threshold import Threshold

WIDTH_LEVELS = 0.5
MOST_BINS = 512  # time and memory grow with the square: 512 take 2 MB and a few milliseconds


@dataclass(frozen=True)
class MultiOtsu:
    """One of the levels that maximise the variance between several classes [1]_.

    Parameters
    ----------
    classes : int
        2 to 5.
    index : int
        Which of the ``classes - 1`` levels, from 0 for the lowest.
    near, within : float or None
        If given, both: a level elsewhere than from ``near - within`` to ``near + within`` is
        refused.

    Notes
    -----
    All levels are found together, the best of all choices, by dynamic programming. As that takes
    time with the square of the number of bins, bins narrower than half a level are merged first,
    and further where there were more than 512; `Otsu` does without for two classes.

    References
    ----------
    .. [1] P.-S. Liao, T.-S. Chen, P.-C. Chung, "A fast algorithm for multilevel thresholding",
       Journal of Information Science and Engineering 17 (2001) 713-727,
       :doi:`10.6688/JISE.2001.17.5.1`
    """

    classes: int = 3
    index: int = 0
    near: float | None = None
    within: float | None = None

    def __post_init__(self) -> None:
        if not 2 <= self.classes <= 5:
            raise ValueError(f"classes must be 2 to 5, got {self.classes}")
        if not 0 <= self.index <= self.classes - 2:
            raise ValueError(
                f"index must be 0 to {self.classes - 2} for {self.classes} classes, "
                f"got {self.index}"
            )
        Search("multi_otsu", self.near, self.within)

    def choose(self, histogram: Histogram) -> Threshold:
        """Return one level; the evidence is the share of all variance that all explain, 0..1.

        Raises
        ------
        NoThreshold
            If there are fewer values than classes, or the level lies elsewhere than asked for.
        """
        bins = Bins.of(histogram, "multi_otsu").merged(WIDTH_LEVELS, MOST_BINS).occupied
        if bins.levels.size < self.classes:
            raise NoThreshold(
                "multi_otsu",
                f"{bins.levels.size} different values do not make {self.classes} classes",
            )
        share = bins.counts / bins.counts.sum()
        centred = bins.levels - (share * bins.levels).sum()
        lasts, between = _best_classes(centred, share, self.classes)
        level = float(bins.levels[lasts[self.index]]) + bins.half
        evidence = between / float((share * centred**2).sum())
        return Search("multi_otsu", self.near, self.within).accept(level, histogram, evidence)


def _best_classes(
    levels: NDArray[np.float64], share: NDArray[np.float64], classes: int
) -> tuple[list[int], float]:
    """Return the last bin of each class but the highest, and the variance between all classes.

    ``best[j]`` is the most that the classes so far can reach if they end with bin j; the next
    class is put behind each of them.
    """
    alone = _of_one_class(levels, share)
    best, begun = alone[0], []
    for _ in range(classes - 1):
        total = np.full_like(alone, -np.inf)
        total[1:] = best[:-1, None] + alone[1:]  # [i, j]: the class runs from bin i to bin j
        begun.append(total.argmax(axis=0))
        best = total.max(axis=0)
    lasts, end = [], levels.size - 1
    for first in reversed(begun):
        end = int(first[end]) - 1
        lasts.append(end)
    return lasts[::-1], float(best[-1])


def _of_one_class(levels: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what a class from bin i to bin j adds to the variance between, [i, j]; i <= j."""
    weight = np.concatenate([[0.0], np.cumsum(share)])
    moment = np.concatenate([[0.0], np.cumsum(share * levels)])
    first, last = np.triu_indices(levels.size)
    alone = np.full((levels.size, levels.size), -np.inf)
    alone[first, last] = (moment[last + 1] - moment[first]) ** 2 / (
        weight[last + 1] - weight[first]
    )
    return alone
