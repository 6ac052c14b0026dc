"""Keep the largest parts of a mask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from medmask.grid import Grid
from medmask.morphology.components import Components, Connectivity
from medmask.morphology.packed import PackedMask
from medmask.morphology.step import Site
from medmask.morphology.window import Window
from medmask.outcome import ScanWarning


@dataclass(frozen=True)
class KeepLargest:
    """Keep the connected parts with the most voxels.

    Parameters
    ----------
    count : int
        How many parts to keep; of equal ones, those whose first voxel comes first.
    connectivity : int
        6: voxels that share a face are connected; 18: or an edge; 26: or a corner.
    """

    count: int = 1
    connectivity: Connectivity = 26

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"keep_largest: count must be at least 1, got {self.count}")

    def apply(self, mask: PackedMask, site: Site) -> PackedMask:
        """Return the mask of the largest parts; all of it if there are no more than ``count``."""
        del site
        window = Window.about(mask, (0, 0, 0))
        if window is None:
            return mask
        parts = Components.of(window.cut(mask), self.connectivity)
        # Parts are numbered by their first voxels, and a stable sort keeps that order in a tie.
        by_size = np.argsort(-parts.sizes, kind="stable")
        chosen = np.zeros(parts.sizes.size, np.bool_)
        chosen[by_size[: self.count]] = True
        return window.put_back(parts.where(chosen), mask.shape)

    def warnings(self, grid: Grid) -> tuple[ScanWarning, ...]:
        """Return nothing: there is no grid on which this does less than it says."""
        del grid
        return ()
