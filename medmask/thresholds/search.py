"""Among which levels a threshold is sought."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medmask.errors import NoThreshold
from medmask.histogram import Histogram
from medmask.thresholds.threshold import Threshold


@dataclass(frozen=True)
class Search:
    """The levels from ``near - within`` to ``near + within``, or all.

    Parameters
    ----------
    strategy : str
        On whose behalf.
    near, within : float or None
        Both or neither.
    """

    strategy: str
    near: float | None = None
    within: float | None = None

    def __post_init__(self) -> None:
        if (self.near is None) != (self.within is None):
            raise ValueError("near and within belong together: give both or neither")
        if self.near is not None and not math.isfinite(self.near):
            raise ValueError(f"near must be a finite level, got {self.near}")
        if self.within is not None and not (math.isfinite(self.within) and self.within > 0):
            raise ValueError(f"within must be a positive number of levels, got {self.within}")

    @property
    def low(self) -> float:
        """The least level that will do."""
        return -math.inf if self.near is None or self.within is None else self.near - self.within

    @property
    def high(self) -> float:
        """The greatest level that will do."""
        return math.inf if self.near is None or self.within is None else self.near + self.within

    def holds(self, level: float) -> bool:
        """Tell whether a level will do."""
        return self.low <= level <= self.high

    def highest(
        self, splits: NDArray[np.float64], criterion: NDArray[np.float64], what: str
    ) -> int:
        """Return the index of a criterion's maximum among the splits that will do.

        Parameters
        ----------
        splits : ndarray of float64, shape (n,)
            Levels between two neighbouring bins, increasing.
        criterion : ndarray of float64, shape (n,)
            What is to be greatest.
        what : str
            Its name in a sentence.

        Raises
        ------
        NoThreshold
            If no split will do, or the greatest lies at an end of those searched and more may
            lie beyond it.
        """
        first = int(np.searchsorted(splits, self.low))
        last = int(np.searchsorted(splits, self.high, side="right"))
        if first == last:
            raise NoThreshold(
                self.strategy, f"no two levels differ within {self.low:g}..{self.high:g}"
            )
        best = first + int(criterion[first:last].argmax())
        if (best == first > 0) or (best == last - 1 < splits.size - 1):
            raise NoThreshold(
                self.strategy,
                f"{what} has no maximum inside {splits[first]:.4g}..{splits[last - 1]:.4g}",
            )
        return best

    def accept(
        self, level: float, histogram: Histogram, evidence: float | None = None
    ) -> Threshold:
        """Return the threshold at a level that was found.

        Raises
        ------
        NoThreshold
            If it lies elsewhere than asked for, or nothing lies above it.
        """
        if not self.holds(level):
            raise NoThreshold(
                self.strategy, f"{level:.4g} lies outside {self.low:g}..{self.high:g}"
            )
        if histogram.above(level) == 0:
            raise NoThreshold(self.strategy, f"nothing lies above {level:.4g}")
        return Threshold(level, histogram.scale.native_of(level), evidence)
