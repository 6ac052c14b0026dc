"""Volumes in mm3 and areas in mm2, counted in voxels of a grid."""

from __future__ import annotations

import numpy as np

from medmask.errors import NoSpacing
from medmask.grid import Grid


def voxels_in(volume_mm3: float, grid: Grid, step: str, option: str) -> float:
    """Return how many voxels of a grid a volume holds, not rounded.

    Parameters
    ----------
    volume_mm3 : float
    grid : Grid
    step, option : str
        The recipe's words for the step and its option, for the error.

    Raises
    ------
    NoSpacing
        If the spacing is unknown along any axis.
    """
    each = grid.voxel_ml
    if each is None:
        raise NoSpacing(
            step,
            f"{option}: {volume_mm3:g} where a voxel's volume is unknown",
            "voxels: instead" if option == "volume_mm3" else f"no {option}",
        )
    return volume_mm3 / (each * 1000.0)


def pixels_in(area_mm2: float, grid: Grid, across: int, step: str, option: str) -> float:
    """Return how many voxels of a plane an area holds, not rounded.

    Parameters
    ----------
    area_mm2 : float
    grid : Grid
    across : int
        The index axis that the plane lies across.
    step, option : str
        The recipe's words for the step and its option, for the error.

    Raises
    ------
    NoSpacing
        If the spacing is unknown along an axis of the plane.
    """
    within = [axis for axis in range(3) if axis != across]
    if not all(grid.spacing_known[axis] for axis in within):
        found = f"{option}: {area_mm2:g} where a pixel's area is unknown"
        raise NoSpacing(step, found, f"no {option}")
    one, other = (grid.affine[:3, axis] for axis in within)
    return area_mm2 / float(np.linalg.norm(np.cross(one, other)))
