"""Remove the parts of a mask that are too small to be what is looked for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from medmask.grid import Grid
from medmask.morphology.components import Components, Connectivity
from medmask.morphology.packed import PackedMask
from medmask.morphology.step import Site
from medmask.morphology.volumes import pixels_in, voxels_in
from medmask.morphology.window import Window
from medmask.outcome import ScanWarning

TOLERANCE = 1e-6  # of a voxel: a part of just the volume stays, however the spacing is rounded


@dataclass(frozen=True)
class RemoveSmall:
    """Remove connected parts of less than a volume.

    Parameters
    ----------
    volume_mm3 : float or None
        Parts of less than this are removed.
    voxels : int or None
        The same in voxels. Exactly one of the two is given.
    connectivity : int
        6: voxels that share a face are connected; 18: or an edge; 26: or a corner.
    at_ends : str
        How parts are judged that reach the patient's first or last axial slice, so that the scan
        may have cut them: ``volume``, as all others; ``area``, by the area of the cube of
        ``volume_mm3``, of which their mean area in a slice must have as much. A scan of few thin
        slices has no large volumes.
    """

    volume_mm3: float | None = None
    voxels: int | None = None
    connectivity: Connectivity = 26
    at_ends: Literal["volume", "area"] = "volume"

    def __post_init__(self) -> None:
        if (self.volume_mm3 is None) == (self.voxels is None):
            raise ValueError("remove_small needs either volume_mm3 or voxels")
        if self.volume_mm3 is not None and not (
            math.isfinite(self.volume_mm3) and self.volume_mm3 > 0
        ):
            raise ValueError(f"remove_small: volume_mm3 must be positive, got {self.volume_mm3:g}")
        if self.voxels is not None and self.voxels < 1:
            raise ValueError(f"remove_small: voxels must be at least 1, got {self.voxels}")
        if self.at_ends == "area" and self.volume_mm3 is None:
            raise ValueError("remove_small: at_ends: area goes with volume_mm3")

    def apply(self, mask: PackedMask, site: Site) -> PackedMask:
        """Return the mask without its small parts.

        Raises
        ------
        NoSpacing
            If the volume is in mm3 and the grid knows none.
        """
        least = self._least(site.grid)
        window = Window.about(mask, (0, 0, 0))
        if window is None:
            return mask
        parts = Components.of(window.cut(mask), self.connectivity)
        kept = parts.sizes >= least - TOLERANCE
        if self.at_ends == "area":
            kept |= self._cut_through(parts, window, site.grid)
        return window.put_back(parts.where(kept), mask.shape)

    def _cut_through(self, parts: Components, window: Window, grid: Grid) -> NDArray[np.bool_]:
        """Tell which parts the scan's ends may have cut, and whose area is that of a large one."""
        assert self.volume_mm3 is not None
        axis = grid.axial_axis
        start = (window.slices.start, window.rows.start, window.columns.start)[axis]
        low, high = parts.boxes[:, axis].T
        is_cut = (low + start == 0) | (high + start == grid.shape[axis])
        area_mm2 = self.volume_mm3 ** (2 / 3)
        least = pixels_in(area_mm2, grid, axis, "remove_small", "at_ends: area")
        large = parts.sizes >= least * (high - low) - TOLERANCE
        return np.asarray(is_cut & large)

    def warnings(self, grid: Grid) -> tuple[ScanWarning, ...]:
        """Return nothing: there is no grid on which this does less than it says."""
        del grid
        return ()

    def _least(self, grid: Grid) -> float:
        if self.volume_mm3 is None:
            assert self.voxels is not None
            return float(self.voxels)
        return voxels_in(self.volume_mm3, grid, "remove_small", "volume_mm3")
