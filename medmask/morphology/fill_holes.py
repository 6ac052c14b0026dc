"""Fill what a mask encloses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from medmask.grid import Grid
from medmask.morphology.components import Components
from medmask.morphology.packed import PackedMask
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
        part = window.cut(mask).unpacked()
        if self.where == "volume" and 1 not in site.grid.shape:
            return window.put_back(
                PackedMask.of(part | _holes(part, largest, around=1)), mask.shape
            )
        axis = site.grid.axial_axis
        filled = [
            one | _holes(np.ascontiguousarray(one)[None], largest, around=0)[0]
            for one in np.moveaxis(part, axis, 0)
        ]
        return window.put_back(PackedMask.of(np.stack(filled, axis)), mask.shape)

    def warnings(self, grid: Grid) -> tuple[ScanWarning, ...]:
        """Return nothing: there is no grid on which this does less than it says."""
        del grid
        return ()


def _holes(mask: NDArray[np.bool_], largest: float, around: int) -> NDArray[np.bool_]:
    """Return the holes of up to a number of voxels.

    Parameters
    ----------
    mask : ndarray of bool, shape (slices, rows, columns)
    largest : float
    around : int
        1 to go out along the slices as well, 0 to stay within them.
    """
    rim = ((around, around), (1, 1), (1, 1))  # the outside, all in one part about the mask
    parts = Components.of(PackedMask.of(np.pad(~mask, rim, constant_values=True)), 6)
    chosen = parts.sizes <= largest + TOLERANCE
    chosen[:2] = False  # the mask itself, and the outside: the first voxel is its own
    slices = slice(around, around + len(mask))
    return parts.where(chosen).unpacked()[slices, 1:-1, 1:-1]
