"""Trim the blurred rim of dense bone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from medmask.errors import NoSpacing
from medmask.grid import Grid
from medmask.morphology.dilation import dilated
from medmask.morphology.element import Element
from medmask.morphology.packed import PackedMask
from medmask.morphology.step import Site
from medmask.outcome import ScanWarning
from medmask.volume import Volume

SOFT_HU = 50.0  # what cortex borders on
DENSEST_HU = 1500.0  # cortex; metal is denser, and its glare is not to be measured by it
AIR_HU = -200.0  # neither bone nor marrow is lighter than fat
STEP = 1.4  # from one density that is looked for to the next
PEAK_MM = 2.0  # a blurred edge reaches its full height so far inside
RIM_MM = 1.5  # and its foot so far outside
MUCH_ALIKE = 1.05  # steps that differ by less are one


@dataclass(frozen=True)
class Trim:
    """Remove rim voxels of a CT's bone that are but the blur of dense bone beside them, and air.

    Parameters
    ----------
    fraction : float
        Of the way from soft tissue (50 HU) to the densest voxel within 2 mm: rim voxels below it
        go. At one half the edge lies where a blurred edge has half its height [1]_; a little less
        keeps more of thin bone, which never reaches its full height.
    dense_native : float
        In HU: neighbours that are less dense do not count, as they are partly soft tissue
        themselves.

    Notes
    -----
    The rim is as wide as a scanner's blur, 1.5 mm, and at least a voxel: it is the same bone at
    any resolution. Densities are looked for in steps of 40 %.

    References
    ----------
    .. [1] S. Prevrhal, K. Engelke, W. A. Kalender, "Accuracy limits for the determination of
       cortical width and density: the influence of object size and CT imaging parameters",
       Physics in Medicine and Biology 44 (1999) 751-764, :doi:`10.1088/0031-9155/44/3/017`
    """

    fraction: float = 0.45
    dense_native: float = 250.0

    def __post_init__(self) -> None:
        if not 0.0 < self.fraction < 1.0:
            raise ValueError(f"trim: fraction must lie between 0 and 1, got {self.fraction:g}")
        if not (math.isfinite(self.dense_native) and self.dense_native > SOFT_HU):
            raise ValueError(f"trim: dense_native must be above 50, got {self.dense_native:g}")

    def apply(self, mask: PackedMask, site: Site) -> PackedMask:
        """Return the mask without its blurred rim.

        Raises
        ------
        NotHounsfield
            If the scan is no CT, so that there are no HU.
        NoSpacing
            If the spacing is unknown.
        """
        volume = site.ct("trim", "a CT, whose HU tell how dense bone is")
        if site.grid.unmeasured_axes:
            raise NoSpacing("trim", "a CT without spacing", "one with spacing")
        mask = mask & _above(volume, AIR_HU)
        blurred = PackedMask.empty(mask.shape)
        dense_hu = self.dense_native
        while dense_hu < DENSEST_HU:
            near = _near(_above(volume, dense_hu) & mask, site.grid)
            edge_hu = SOFT_HU + self.fraction * (dense_hu - SOFT_HU)
            blurred = blurred | (near & mask).without(_above(volume, edge_hu))
            dense_hu *= STEP
        outside = mask.inverted()
        for element in _layers(site.grid):
            outside = outside | (dilated(outside, element) & blurred)
        return mask.without(outside)

    def warnings(self, grid: Grid) -> tuple[ScanWarning, ...]:
        """Return nothing: there is no grid on which this does less than it says."""
        del grid
        return ()


def _above(volume: Volume, native: float) -> PackedMask:
    return PackedMask.of_slabs(volume.above_by_slices(native), volume.grid.shape)


def _near(dense: PackedMask, grid: Grid) -> PackedMask:
    """Return what lies where a voxel of dense bone blurs into: 2 mm off, or the next voxel."""
    ball = Element.ball_mm(grid, PEAK_MM)
    near = dilated(dense, ball)
    if min(ball.reach) < 1:
        near = near | dilated(dense, Element.of_voxels(grid, "cross", 1))
    return near


def _layers(grid: Grid) -> Iterator[Element]:
    """Yield the elements by which the outside comes in, layer after layer."""
    yield Element.of_voxels(grid, "cross", 1)
    finest = min((s for s, n in zip(grid.steps, grid.shape, strict=True) if n > 1), default=RIM_MM)
    for _ in range(1, round(RIM_MM / finest)):
        yield Element.ball_mm(grid, finest * MUCH_ALIKE)
