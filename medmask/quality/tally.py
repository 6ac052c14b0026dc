"""Count the stored values in a mask, to read percentiles, mean and deviation from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medmask.histogram import count_from
from medmask.volume import Volume

EXACT_BINS = 1 << 20  # every stored integer has a bin of its own up to this many values
FLOAT_BINS = 1 << 16  # floats and wider integers share this many bins


@dataclass(frozen=True)
class Percentiles:
    """Native values below or at which these shares of a mask's valid voxels lie.

    Of floating-point voxels they are exact to 1/65536 of the volume's range.
    """

    p5: float
    p25: float
    p50: float
    p75: float
    p95: float


class Tally:
    """Counts of stored values, filled a few at a time, with what is not image left out.

    Parameters
    ----------
    volume : Volume
        Whose values are counted.
    """

    def __init__(self, volume: Volume) -> None:
        self._volume, self._rescale, kind = volume, volume.rescale, volume.voxels.dtype
        self._is_exact = True
        low: float
        high: float
        if volume.is_integer and kind.itemsize <= 2:
            low, high = np.iinfo(kind).min, np.iinfo(kind).max
        else:
            low, high = volume.valid_range() or (0, 0)
            self._is_exact = volume.is_integer and high - low < EXACT_BINS
        self._low = low
        bins = int(high - low) + 1 if self._is_exact else FLOAT_BINS
        self._width = 1.0 if self._is_exact else max((high - low) / FLOAT_BINS, 1e-300)
        self._counts = np.zeros(bins, np.int64)
        self._apart = _Moments()  # of values that share their bins with others

    def add(self, stored: NDArray[Any]) -> None:
        """Count some voxels, shape (n,)."""
        inside = self._volume.valid(stored)
        image = stored if inside is None else stored[inside]
        if not image.size:
            return
        if self._is_exact:
            least = int(image.min())
            start, found = least - int(self._low), count_from(least, image)
        else:
            values = image.astype(np.float64)
            self._apart.add(values)
            at = ((values - self._low) / self._width).astype(np.intp)
            start, found = 0, np.bincount(np.clip(at, 0, self._counts.size - 1))
        self._counts[start : start + found.size] += found

    def percentiles(self) -> Percentiles | None:
        """Return the percentiles in native units, ``None`` if nothing was counted."""
        counts = self._counts[::-1] if self._rescale.slope < 0 else self._counts
        reached = np.cumsum(counts)
        if not reached[-1]:
            return None
        return Percentiles(*(self._at(reached, share) for share in (0.05, 0.25, 0.5, 0.75, 0.95)))

    def mean_and_sd(self) -> tuple[float, float] | tuple[None, None]:
        """Return mean and standard deviation in native units, nothing if nothing was counted."""
        moments = self._from_counts() if self._is_exact else self._apart
        if not moments.count:
            return None, None
        sd = float(np.sqrt(moments.squares / moments.count))
        return self._rescale.native_of(moments.mean), abs(self._rescale.slope) * sd

    def _from_counts(self) -> _Moments:
        count = int(self._counts.sum())
        if not count:
            return _Moments()
        places = np.arange(self._counts.size, dtype=np.float64)
        mean = float(self._counts @ places) / count
        return _Moments(count, self._low + mean, float(self._counts @ (places - mean) ** 2))

    def _at(self, reached: NDArray[np.int64], share: float) -> float:
        found = int(np.searchsorted(reached, share * reached[-1]))
        place = self._counts.size - 1 - found if self._rescale.slope < 0 else found
        centre = self._low + place if self._is_exact else self._low + (place + 0.5) * self._width
        return float(self._rescale.native_of(centre))


@dataclass
class _Moments:
    """Number, mean and sum of squared deviations of values that come a few at a time."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def add(self, values: NDArray[np.float64]) -> None:
        """Take in some values. Chan's update: exact in one pass, whatever their offset."""
        gap, share = float(values.mean()) - self.mean, values.size / (self.count + values.size)
        self.squares += float(values.var()) * values.size + gap * gap * self.count * share
        self.mean += gap * share
        self.count += values.size
