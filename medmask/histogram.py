"""How often each native value occurs in a volume, padding left out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from medmask.errors import NoValidVoxels
from medmask.scale import Scale
from medmask.volume import Volume

EXACT_BINS = 1 << 20  # every stored integer has a bin of its own up to this many values
FLOAT_BINS = 1 << 16  # floats and wider integers share this many bins


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts over evenly spaced native values.

    Attributes
    ----------
    native : ndarray of float64, shape (n,)
        Bin centres in native units, increasing.
    counts : ndarray of int64, shape (n,)
        Valid voxels in each bin.
    native_min, native_max : float
        The least and the greatest native value among valid voxels.
    is_exact : bool
        Whether each bin holds one stored value only.
    scale : Scale
        The scale on which ``levels`` are given.
    """

    native: NDArray[np.float64]
    counts: NDArray[np.int64]
    native_min: float
    native_max: float
    is_exact: bool
    scale: Scale = field(default_factory=Scale.identity)

    @classmethod
    def of(cls, volume: Volume) -> Self:
        """Count a volume's valid voxels, slice by slice.

        Raises
        ------
        NoValidVoxels
            If nothing but padding, NaN or infinity is there.
        """
        exact = _counted_exactly(volume)
        if exact is not None:
            least, counts = exact
            low, high = float(least), float(least + counts.size - 1)
            stored = np.arange(counts.size, dtype=np.float64) + low
        else:
            low, high = _valid_range(volume)
            bins = FLOAT_BINS if high > low else 1
            counts, edges = _count_binned(volume, float(low), float(high), bins)
            stored = (edges[:-1] + edges[1:]) / 2
        native = volume.rescale.native(stored)
        ends = sorted((volume.rescale.native_of(low), volume.rescale.native_of(high)))
        if volume.rescale.slope < 0:
            native, counts = native[::-1], counts[::-1]
        return cls(native, counts, ends[0], ends[1], exact is not None)

    def on(self, scale: Scale) -> Self:
        """Return the same counts with levels on another scale."""
        return replace(self, scale=scale)

    @property
    def total(self) -> int:
        """Valid voxels in all."""
        return int(self.counts.sum())

    @property
    def levels(self) -> NDArray[np.float64]:
        """Bin centres as levels, increasing, shape (n,)."""
        levels = self.scale.level(self.native)
        return levels[::-1] if self.scale.inverted else levels

    @property
    def level_counts(self) -> NDArray[np.int64]:
        """Counts in the order of ``levels``."""
        return self.counts[::-1] if self.scale.inverted else self.counts

    def above(self, level: float) -> int:
        """Return how many valid voxels lie strictly above a level."""
        return int(self.level_counts[self.levels > level].sum())

    def percentile(self, percent: float) -> float:
        """Return the native value below or at which this share of valid voxels lies.

        Parameters
        ----------
        percent : float
            0..100.
        """
        reached = np.cumsum(self.counts)
        wanted = percent / 100.0 * reached[-1]
        return float(self.native[min(int(np.searchsorted(reached, wanted)), self.native.size - 1)])


def count_from(least: int, stored: NDArray[Any]) -> NDArray[np.intp]:
    """Count each integer from one that none is below to the greatest that is there.

    Parameters
    ----------
    least : int
        Of the integers' own type.
    stored : ndarray of integers, shape (n,)
    """
    unsigned = np.dtype(f"u{stored.dtype.itemsize}")
    # Differences do not fit a signed type; as unsigned ones they wrap around to what they are.
    offset = np.array(least, stored.dtype).astype(unsigned)
    return np.bincount((stored.view(unsigned) - offset).astype(np.intp))


def _valid_range(volume: Volume) -> tuple[float, float]:
    found = volume.valid_range()
    if found is None:
        raise NoValidVoxels("voxels", "only padding, NaN or infinity", "at least one valid voxel")
    return found


def _counted_exactly(volume: Volume) -> tuple[int, NDArray[np.int64]] | None:
    """Return the least valid stored value, and the counts from it to the greatest.

    All values are counted and padding is taken out of the counts: looking for it among the
    voxels would take longer than counting them. ``None`` if there are too many values.
    """
    if not volume.is_integer:
        return None
    low, high = int(volume.voxels.min()), int(volume.voxels.max())
    if high - low >= EXACT_BINS:
        return None
    counts = np.zeros(high - low + 1, np.int64)
    for slab in volume.voxels:
        here = count_from(low, slab.ravel())
        counts[: here.size] += here
    values = np.arange(low, high + 1).astype(volume.voxels.dtype)
    inside = volume.valid(values)
    if inside is not None:
        counts[~inside] = 0
    found = np.flatnonzero(counts)
    if found.size == 0:
        raise NoValidVoxels("voxels", "only padding, NaN or infinity", "at least one valid voxel")
    return low + int(found[0]), counts[found[0] : found[-1] + 1]


def _count_binned(
    volume: Volume, low: float, high: float, bins: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    counts = np.zeros(bins, np.int64)
    edges = np.linspace(low, high, bins + 1) if high > low else np.array([low - 0.5, low + 0.5])
    for slab in volume.voxels:
        inside = volume.valid(slab)
        image = slab.ravel() if inside is None else slab[inside]
        counts += np.histogram(image.astype(np.float64), edges)[0]
    return counts, edges
