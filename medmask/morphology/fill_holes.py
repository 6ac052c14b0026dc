"""Fill what a mask encloses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from medmask.errors import NoSpacing
from medmask.grid import Grid
from medmask.morphology.components import Components
from medmask.morphology.packed import PackedMask
from medmask.morphology.passages import without_passages
from medmask.morphology.runs import Link
from medmask.morphology.step import Site
from medmask.morphology.volumes import pixels_in, voxels_in
from medmask.morphology.window import Window
from medmask.outcome import ScanWarning

TOLERANCE = 1e-6  # of a voxel: a hole of just the volume is filled


@dataclass(frozen=True)
class FillHoles:
    """Add the background that no way through faces leads out of.

    Parameters
    ----------
    where : str
        ``volume``: a hole is closed on all sides; ``slices``: a hole is closed within an axial
        slice, so that an open tube is filled as well; ``planes``: it is closed within an axial
        slice, or within both a sagittal and a coronal one. The slices are the patient's
        (`Grid.axial_axis`): the same scan stored in another axis order gets the same mask.
    largest_mm3 : float or None
        Larger holes are left; ``None`` fills all. Within slices it is the volume of a slice's
        hole.
    largest_mm2 : float or None
        Within slices or planes, the area of a hole up to which it is filled, however thick the
        slices are: marrow has some 25 cm2, a brain in its skull 150.
    passage_mm : float or None
        Within slices or planes, holes are left that a way at least so wide leads out of from slice
        to slice, not far off: the spinal canal, not a cavity whose wall has pores.

    Notes
    -----
    Background that reaches the array's edge is not enclosed. A scan that is one voxel thin is
    filled within its plane either way.
    """

    where: Literal["volume", "slices", "planes"] = "volume"
    largest_mm3: float | None = None
    largest_mm2: float | None = None
    passage_mm: float | None = None

    def __post_init__(self) -> None:
        for name in ("largest_mm3", "largest_mm2", "passage_mm"):
            largest = getattr(self, name)
            if largest is not None and not (math.isfinite(largest) and largest > 0):
                raise ValueError(f"fill_holes: {name} must be positive, got {largest:g}")
            if largest is not None and name != "largest_mm3" and self.where == "volume":
                raise ValueError(f"fill_holes: {name} goes with where: slices or planes")

    def apply(self, mask: PackedMask, site: Site) -> PackedMask:
        """Return the mask with its holes filled.

        Raises
        ------
        NoSpacing
            If ``largest_mm3`` or ``largest_mm2`` is given and the grid knows no volumes or areas.
        """
        window = Window.about(mask, (0, 0, 0))
        if window is None:
            return mask
        grid, part = site.grid, window.cut(mask)
        if self.where == "volume" and 1 not in grid.shape:
            holes = _holes(part, (0, 1, 2), self._largest(grid, None)).small
            return mask | window.put_back(holes, mask.shape)
        axial = grid.axial_axis
        across = _holes_across(part, axial, self._largest(grid, axial))
        holes = window.put_back(across.small, mask.shape)
        if self.passage_mm is not None:
            self._demand_spacing(grid)
            larger = window.put_back(across.large, mask.shape)
            holes = without_passages(holes, mask, larger, grid, self.passage_mm)
        if self.where == "planes" and 1 not in grid.shape:
            one, other = (
                _holes_across(part, axis, self._largest(grid, axis)).small
                for axis in {0, 1, 2} - {axial}
            )
            holes = holes | window.put_back(one & other, mask.shape)
        return mask | holes

    def _demand_spacing(self, grid: Grid) -> None:
        if grid.unmeasured_axes:
            found = f"passage_mm: {self.passage_mm:g} where the spacing is unknown"
            raise NoSpacing("fill_holes", found, "no passage_mm")

    def _largest(self, grid: Grid, across: int | None) -> float:
        """Return the size of the largest hole that is filled, in voxels."""
        largest = math.inf
        if self.largest_mm3 is not None:
            largest = voxels_in(self.largest_mm3, grid, "fill_holes", "largest_mm3")
        if self.largest_mm2 is not None and across is not None:
            area = pixels_in(self.largest_mm2, grid, across, "fill_holes", "largest_mm2")
            largest = min(largest, area)
        return largest

    def warnings(self, grid: Grid) -> tuple[ScanWarning, ...]:
        """Return nothing: there is no grid on which this does less than it says."""
        del grid
        return ()


@dataclass(frozen=True, eq=False)
class _Holes:
    """What a mask encloses: holes of up to a number of voxels, and larger ones."""

    small: PackedMask
    large: PackedMask


def _holes_across(mask: PackedMask, axis: int, largest: float) -> _Holes:
    """Return the holes in the planes across an axis."""
    if axis == 2:  # a run would go from plane to plane
        holes = _holes(mask.moved(2, 0), (1, 2), largest)
        return _Holes(holes.small.moved(0, 2), holes.large.moved(0, 2))
    return _holes(mask, (1 - axis, 2), largest)


def _holes(mask: PackedMask, axes: tuple[int, ...], largest: float) -> _Holes:
    """Return the holes of up to a number of voxels, and the larger ones.

    Parameters
    ----------
    mask : PackedMask
        No more of the array than the mask takes up: what leaves it is outside.
    axes : tuple of int
        Along which a way may lead out; the last one among them.
    largest : float
    """
    links = [link for axis, link in ((1, Link(0, 1, 0)), (0, Link(1, 0, 0))) if axis in axes]
    parts = Components.linked(mask.inverted(), links)
    enclosed = ~parts.faces[:, list(axes)].any(axis=(1, 2))
    is_small = parts.sizes <= largest + TOLERANCE
    small = parts.where(enclosed & is_small)
    if not (enclosed & ~is_small).any():
        return _Holes(small, PackedMask.empty(mask.shape))
    return _Holes(small, parts.where(enclosed & ~is_small))
