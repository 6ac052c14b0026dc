"""Remove the parts of a mask that are too small to be what is looked for."""

from __future__ import annotations

import math
from dataclasses import dataclass

from medmask.grid import Grid
from medmask.morphology.components import Components, Connectivity
from medmask.morphology.packed import PackedMask
from medmask.morphology.step import Site
from medmask.morphology.volumes import voxels_in
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
    """

    volume_mm3: float | None = None
    voxels: int | None = None
    connectivity: Connectivity = 26

    def __post_init__(self) -> None:
        if (self.volume_mm3 is None) == (self.voxels is None):
            raise ValueError("remove_small needs either volume_mm3 or voxels")
        if self.volume_mm3 is not None and not (
            math.isfinite(self.volume_mm3) and self.volume_mm3 > 0
        ):
            raise ValueError(f"remove_small: volume_mm3 must be positive, got {self.volume_mm3:g}")
        if self.voxels is not None and self.voxels < 1:
            raise ValueError(f"remove_small: voxels must be at least 1, got {self.voxels}")

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
        return window.put_back(parts.where(parts.sizes >= least - TOLERANCE), mask.shape)

    def warnings(self, grid: Grid) -> tuple[ScanWarning, ...]:
        """Return nothing: there is no grid on which this does less than it says."""
        del grid
        return ()

    def _least(self, grid: Grid) -> float:
        if self.volume_mm3 is None:
            assert self.voxels is not None
            return float(self.voxels)
        return voxels_in(self.volume_mm3, grid, "remove_small", "volume_mm3")
