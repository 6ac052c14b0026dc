"""Bone of thick and thin parts in one radiograph: what is brighter than its surroundings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from medmask.scale import Scale
from medmask.thresholds.threshold import Threshold
from medmask.volume import Volume

TILES = 16  # across a window: the mean changes slowly, so it is taken of tiles, not of pixels
PASSES = 2  # of the mean: a window with soft ends, so that a bright edge draws no box about itself

Plane = NDArray[np.float32]


class Surface(Protocol):
    """A threshold that differs from place to place, so that it has to see the volume."""

    def above_by_slices(
        self, volume: Volume, scale: Scale, threshold: Threshold
    ) -> Iterator[NDArray[np.bool_]]:
        """Yield where levels lie above both, slice by slice, each of shape (1, rows, columns).

        Parameters
        ----------
        volume : Volume
        scale : Scale
            Of the levels.
        threshold : Threshold
            What lies at or below it is not looked at.
        """
        ...


@dataclass(frozen=True)
class Local:
    """Of what lies above the threshold, take what is brighter than its surroundings [1]_.

    Parameters
    ----------
    window_share : float
        Width of the surroundings as a share of the picture's shorter side. A window wider than a
        bone and the flesh about it follows a film from its thin parts to its thick ones.
    brighter : float
        By what share bone must be brighter than the mean of its window.

    Notes
    -----
    The threshold parts the object from the background, which is left out of the means: else all
    along the skin would be brighter than them. Where nothing but bone or nothing but flesh fills
    a window, its brighter part is taken.

    The reference compares dark print with a mean from which a share is taken off; here it is
    added, for bright bone. The means are taken of tiles, a sixteenth of a window wide, and
    interpolated, so that no copy of the picture in floating point is made.

    References
    ----------
    .. [1] D. Bradley, G. Roth, "Adaptive thresholding using the integral image", Journal of
       Graphics Tools 12 (2007) 13-21, :doi:`10.1080/2151237X.2007.10129236`
    """

    window_share: float = 0.1
    brighter: float = 0.05

    def __post_init__(self) -> None:
        if not 0.0 < self.window_share <= 1.0:
            raise ValueError(f"local: window_share must be within 0..1, got {self.window_share:g}")
        if not (math.isfinite(self.brighter) and self.brighter >= 0.0):
            raise ValueError(f"local: brighter must not be negative, got {self.brighter:g}")

    def above_by_slices(
        self, volume: Volume, scale: Scale, threshold: Threshold
    ) -> Iterator[NDArray[np.bool_]]:
        """Yield where levels lie above the threshold and above their surroundings."""
        found = volume.below_by_slices if scale.inverted else volume.above_by_slices
        width = max(self.window_share * min(volume.grid.shape[1:]), 3.0)
        tile = max(int(width / TILES), 1)
        for stored, (inside,) in zip(volume.voxels, found(threshold.native), strict=True):
            mask = np.zeros(inside.shape, np.bool_)
            if inside.any():
                strips = _Strips(volume, scale, stored, tile)
                means = strips.means(inside, round(width / tile))
                strips.compare(inside, means * np.float32(1.0 + self.brighter), mask)
            yield mask[np.newaxis]


@dataclass(frozen=True, eq=False)
class _Strips:
    """A slice, a row of tiles at a time."""

    volume: Volume
    scale: Scale
    stored: NDArray[np.generic]
    tile: int

    def means(self, inside: NDArray[np.bool_], window: int) -> Plane:
        """Return the mean level inside the window about each tile, shape (tiles, tiles)."""
        from scipy import ndimage

        sums, counts = [], []
        columns = np.arange(0, inside.shape[1], self.tile)
        for rows in self._rows():
            level = np.where(inside[rows], self._levels(rows), np.float32(0.0)).sum(axis=0)
            sums.append(np.add.reduceat(level, columns))
            counts.append(np.add.reduceat(inside[rows].sum(axis=0, dtype=np.float32), columns))
        total, count = np.stack(sums).astype(np.float64), np.stack(counts).astype(np.float64)
        for _ in range(PASSES):
            total = ndimage.uniform_filter(total, window | 1, mode="constant")
            count = ndimage.uniform_filter(count, window | 1, mode="constant")
        # A tile whose window is all outside has no mean and is not asked for one.
        return np.asarray(total / np.maximum(count, 1e-6), np.float32)

    def compare(self, inside: NDArray[np.bool_], surface: Plane, into: NDArray[np.bool_]) -> None:
        """Write where levels lie above a surface that is given for the middles of the tiles."""
        from scipy import ndimage

        across = _places(inside.shape[1], self.tile, surface.shape[1])
        down = _places(inside.shape[0], self.tile, surface.shape[0])
        for rows in self._rows():
            at = np.meshgrid(down[rows], across, indexing="ij")
            here = ndimage.map_coordinates(surface, at, order=1, mode="nearest")
            np.logical_and(inside[rows], self._levels(rows) > here, out=into[rows])

    def _rows(self) -> Iterator[slice]:
        for start in range(0, len(self.stored), self.tile):
            yield slice(start, start + self.tile)

    def _levels(self, rows: slice) -> Plane:
        native = self.volume.rescale.native(self.stored[rows])
        return np.asarray(self.scale.level(native), np.float32)


def _places(pixels: int, tile: int, tiles: int) -> Plane:
    """Return where pixels lie among the middles of tiles; the last tile may be narrower."""
    middles = np.arange(tiles) * tile + (tile - 1) / 2
    middles[-1] = ((tiles - 1) * tile + pixels - 1) / 2
    return np.interp(np.arange(pixels), middles, np.arange(tiles)).astype(np.float32)
