"""Grow bone from its cortex into what is less dense, and not into vessels."""

from __future__ import annotations

import math
from dataclasses import dataclass

from medmask.errors import NoSpacing
from medmask.grid import Grid
from medmask.morphology.contrast import contrast_pools
from medmask.morphology.dilation import dilated
from medmask.morphology.element import Element
from medmask.morphology.grown import grown
from medmask.morphology.noise import noise_hu
from medmask.morphology.packed import PackedMask
from medmask.morphology.remove_small import RemoveSmall
from medmask.morphology.smooth import Smooth
from medmask.morphology.step import Site
from medmask.outcome import ScanWarning

NOISY_HU = 30.0  # from here on a lone voxel's value does not tell flesh from trabecular bone
SPECK_MM, SPECK_MM3 = 2.0, 50.0


@dataclass(frozen=True)
class Grow:
    """Add the less dense voxels near a mask of a CT, and take contrast medium out of it.

    Parameters
    ----------
    low_native : float
        In HU. What lies above it, hangs together with the mask through voxels that do, and is
        near enough is added.
    reach_mm : float
        How near. Marrow lies within some 10 mm of its cortex; organs that contrast medium makes
        as dense as marrow begin there and go on.

    Notes
    -----
    Vessels and organs with contrast medium (`contrast_pools`) are neither added nor kept. Where
    the noise is more than 30 HU, what is added must lie where most of the voxels around are above
    ``low_native``, and specks of less than 50 mm3 do not grow.
    """

    low_native: float = 120.0
    reach_mm: float = 9.0

    def __post_init__(self) -> None:
        if not math.isfinite(self.low_native):
            raise ValueError(f"grow: low_native must be finite, got {self.low_native:g}")
        if not (math.isfinite(self.reach_mm) and self.reach_mm > 0):
            raise ValueError(f"grow: reach_mm must be positive, got {self.reach_mm:g}")

    def apply(self, mask: PackedMask, site: Site) -> PackedMask:
        """Return the grown mask.

        Raises
        ------
        NotHounsfield
            If the scan is no CT, so that there are no HU.
        NoSpacing
            If the spacing is unknown.
        """
        volume = site.ct("grow", "a CT, whose HU tell bone from contrast medium")
        if not all(site.grid.spacing_known):
            accepted = "one with spacing, or hysteresis instead"
            raise NoSpacing("grow", "a CT without spacing", accepted)
        if not mask.any():
            return mask
        above = PackedMask.of_slabs(volume.above_by_slices(self.low_native), mask.shape)
        dense = (above if site.body is None else above & site.body) | mask
        body = mask.inverted() if site.body is None else site.body
        noise = noise_hu(volume, lambda rows: body.part(rows).unpacked())
        if noise > NOISY_HU:
            mask = RemoveSmall(volume_mm3=SPECK_MM3).apply(mask, site)
            dense = mask | (dense & Smooth(radius_mm=SPECK_MM).apply(dense, site))
        dense = dense.without(contrast_pools(volume, dense, noise))
        seeds = mask & dense
        near = dilated(seeds, Element.ball_mm(site.grid, self.reach_mm))
        return grown(seeds, dense & near)

    def warnings(self, grid: Grid) -> tuple[ScanWarning, ...]:
        """Return nothing: there is no grid on which this does less than it says."""
        del grid
        return ()
