"""A histogram's bins as levels, merged or thinned out as a strategy needs them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from medmask.errors import NoThreshold
from medmask.histogram import Histogram


@dataclass(frozen=True, eq=False)
class Bins:
    """Counts at increasing levels.

    Attributes
    ----------
    levels : ndarray of float64, shape (n,)
        Bin centres.
    counts : ndarray of float64, shape (n,)
        Valid voxels in each bin.
    half : float
        Half a bin's width in levels. A threshold named by the last bin of the background lies
        this much above that bin's centre, so that no rounding can move a voxel across it; other
        programs name the centre.
    """

    levels: NDArray[np.float64]
    counts: NDArray[np.float64]
    half: float

    @classmethod
    def of(cls, histogram: Histogram, strategy: str) -> Self:
        """Return the bins from the first to the last that is occupied.

        Parameters
        ----------
        histogram : Histogram
        strategy : str
            On whose behalf.

        Raises
        ------
        NoThreshold
            If all voxels have one value.
        """
        found = np.flatnonzero(histogram.level_counts)
        if found.size < 2:
            raise NoThreshold(strategy, f"all {histogram.total} voxels have one value")
        span = slice(int(found[0]), int(found[-1]) + 1)
        levels = histogram.levels[span]
        counts = histogram.level_counts[span].astype(np.float64)
        return cls(levels, counts, float(levels[-1] - levels[0]) / (levels.size - 1) / 2)

    @property
    def occupied(self) -> Bins:
        """Only the bins that hold a voxel; their levels are no longer evenly spaced."""
        occurs = self.counts > 0
        return Bins(self.levels[occurs], self.counts[occurs], self.half)

    def merged(self, width_levels: float, most: int) -> Bins:
        """Return bins in which as many neighbours are put together as need be.

        Parameters
        ----------
        width_levels : float
            How wide the new bins may grow if there are fewer than ``most`` all the same.
        most : int
            How many new bins there may be.
        """
        size = self.levels.size
        each = max(1, math.floor(width_levels / (2 * self.half) + 1e-9), math.ceil(size / most))
        if each == 1:
            return self
        counts = np.pad(self.counts, (0, -size % each)).reshape(-1, each).sum(axis=1)
        first = self.levels[0] + (each - 1) * self.half
        levels = first + np.arange(counts.size) * (2 * self.half * each)
        return Bins(levels, counts, self.half * each)
