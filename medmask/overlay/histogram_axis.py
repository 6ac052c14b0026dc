"""A histogram on columns: from which level to which, and how much lies under each."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from medmask.histogram import Histogram

_BEYOND = 0.0005  # share of the voxels at either end that may lie beyond the axis
_MARGIN = 0.03  # of the axis, at both ends
_LEAST_MARGIN_LEVELS = 0.5
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class LevelAxis:
    """Levels from left to right.

    Attributes
    ----------
    low, high : float
        The levels at both ends.
    """

    low: float
    high: float

    @classmethod
    def over(cls, histogram: Histogram, levels: Iterable[float]) -> Self:
        """Return an axis that holds all the levels given and all but a thousandth of the voxels."""
        reached = np.cumsum(histogram.level_counts)
        ends = np.searchsorted(reached, np.array([_BEYOND, 1.0 - _BEYOND]) * reached[-1])
        shown = [*histogram.levels[np.minimum(ends, reached.size - 1)].tolist(), *levels]
        low, high = min(shown), max(shown)
        margin = max((high - low) * _MARGIN, _LEAST_MARGIN_LEVELS)
        return cls(low - margin, high + margin)

    def share(self, level: float) -> float:
        """Return how far along the axis a level lies, 0 to 1."""
        return (level - self.low) / (self.high - self.low)

    def per_level(self, histogram: Histogram, columns: int) -> NDArray[np.float64]:
        """Return voxels per level in each of some columns, each bin spread over its width."""
        levels = histogram.levels
        half = float(levels[-1] - levels[0]) / (levels.size - 1) / 2 if levels.size > 1 else 0.5
        edges = np.append(levels - half, levels[-1] + half)
        reached = np.concatenate([[0.0], np.cumsum(histogram.level_counts)])
        cuts = np.linspace(self.low, self.high, columns + 1)
        under: NDArray[np.float64] = np.diff(np.interp(cuts, edges, reached))
        return under / float(cuts[1] - cuts[0])

    def beyond(self, histogram: Histogram) -> float:
        """Return the share of the voxels that lie beyond both ends."""
        outside = (histogram.levels < self.low) | (histogram.levels > self.high)
        return float(histogram.level_counts[outside].sum() / histogram.total)


def nice_ticks(low: float, high: float, most: int = 10) -> list[float]:
    """Return round numbers from ``low`` to ``high``, about ``most`` at the most."""
    rough = (high - low) / most
    decade = 10.0 ** math.floor(math.log10(rough))
    step = next(n * decade for n in _STEPS if n * decade >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(n * step, 12) for n in range(first, last + 1)]
