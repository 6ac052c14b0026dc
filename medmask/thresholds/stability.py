"""How much a mask's size depends on where exactly its threshold lies."""

from __future__ import annotations

from dataclasses import dataclass

from medmask.histogram import Histogram

DELTA_LEVELS = 2.0


@dataclass(frozen=True)
class Stability:
    """By what share a mask shrinks and grows if its threshold is moved.

    Attributes
    ----------
    delta_levels : float
        How far the threshold is moved, up and down.
    fewer : float or None
        Share of the mask's voxels lost at the higher threshold, 0..1.
    more : float or None
        Voxels gained at the lower threshold, as a share of the mask's. Both are ``None`` if
        nothing lies above the threshold.
    voxels_at_higher, voxels_at_lower : int
        Voxels above the higher and above the lower threshold, before any step.
    """

    delta_levels: float
    fewer: float | None
    more: float | None
    voxels_at_higher: int = 0
    voxels_at_lower: int = 0

    @property
    def largest(self) -> float | None:
        """The greater of the two shares."""
        return None if self.fewer is None or self.more is None else max(self.fewer, self.more)


def stability(histogram: Histogram, level: float, delta_levels: float = DELTA_LEVELS) -> Stability:
    """Return how the number of voxels above a level changes about it.

    Parameters
    ----------
    histogram : Histogram
        Counts of valid voxels, with levels on the scan's scale.
    level : float
        The threshold.
    delta_levels : float
        How far to move it, positive.
    """
    if not delta_levels > 0:
        raise ValueError(f"delta_levels must be positive, got {delta_levels}")
    mask = histogram.above(level)
    higher = histogram.above(level + delta_levels)
    lower = histogram.above(level - delta_levels)
    if mask == 0:
        return Stability(delta_levels, None, None, higher, lower)
    return Stability(delta_levels, 1.0 - higher / mask, lower / mask - 1.0, higher, lower)
