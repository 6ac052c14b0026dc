"""Volumes in mm3, counted in voxels of a grid."""

from __future__ import annotations

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
