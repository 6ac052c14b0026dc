"""Fill what a mask encloses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from medmask.grid import Grid
from medmask.morphology.components import Components
from medmask.morphology.packed import PackedMask
from medmask.morphology.runs import Link
from medmask.morphology.step import Site
from medmask.morphology.volumes import voxels_in
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
        slice, so that an open tube is filled as well. The slices are the patient's
        (`Grid.axial_axis`): the same scan stored in another axis order gets the same mask.
    largest_mm3 : float or None
        Larger holes are left; ``None`` fills all. Within slices it is the volume of a slice's
        hole.

    Notes
    -----
    Background that reaches the array's edge is not enclosed. A scan that is one voxel thin is
    filled within its plane either way.
    """

    where: Literal["volume", "slices"] = "volume"
    largest_mm3: float | None = None

    def __post_init__(self) -> None:
        if self.largest_mm3 is not None and not (
            math.isfinite(self.largest_mm3) and self.largest_mm3 > 0
        ):
            raise ValueError(f"fill_holes: largest_mm3 must be positive, got {self.largest_mm3:g}")

    def apply(self, mask: PackedMask, site: Site) -> PackedMask:
        """Return the mask with its holes filled.

        Raises
        ------
        NoSpacing
            If ``largest_mm3`` is given and the grid knows no volumes.
        """
        largest = math.inf
        if self.largest_mm3 is not None:
            largest = voxels_in(self.largest_mm3, site.grid, "fill_holes", "largest_mm3")
        window = Window.about(mask, (0, 0, 0))
        if window is None:
            return mask
        part = window.cut(mask)
        if self.where == "volume" and 1 not in site.grid.shape:
            holes = _holes(part, (0, 1, 2), largest)
        elif site.grid.axial_axis == 2:  # a run would go from slice to slice
            turned = PackedMask.of(np.moveaxis(part.unpacked(), 2, 0))
            holes = _holes(turned, (1, 2), largest)
            holes = PackedMask.of(np.moveaxis(holes.unpacked(), 0, 2))
        else:
            holes = _holes(part, (1 - site.grid.axial_axis, 2), largest)
        return window.put_back(part | holes, mask.shape)

    def warnings(self, grid: Grid) -> tuple[ScanWarning, ...]:
        """Return nothing: there is no grid on which this does less than it says."""
        del grid
        return ()


def _holes(mask: PackedMask, axes: tuple[int, ...], largest: float) -> PackedMask:
    """Return the holes of up to a number of voxels.

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
    return parts.where(enclosed & (parts.sizes <= largest + TOLERANCE))
