"""The grid of an array whose axes have a direction each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from medmask.errors import BadHeader
from medmask.grid import Grid
from medmask.outcome import ScanWarning


def grid_along(
    counts: Sequence[int],
    steps: NDArray[np.float64],
    origin: NDArray[np.float64],
    where: str,
    *,
    oriented: bool = True,
) -> Grid:
    """Return the grid of two or three axes, the first one fastest.

    Parameters
    ----------
    counts : sequence of int
        Voxels along (column, row) or (column, row, slice).
    steps : ndarray, shape (2 or 3, 3)
        One step along each, LPS+ in mm.
    origin : ndarray, shape (3,)
        Centre of the first voxel, LPS+ in mm.
    where : str
        Names the file in errors.
    oriented : bool
        Whether the directions are those of a patient.

    Returns
    -------
    Grid
        Of one slice, whose extent is unknown, if there are two axes.

    Raises
    ------
    BadHeader
        If steps are not finite or depend on one another.
    """
    is_flat = len(counts) == 2
    if is_flat:
        normal = np.cross(steps[0], steps[1])
        length = float(np.linalg.norm(normal))
        steps = np.vstack([steps, normal / length if length > 0 else normal])
    lengths = np.linalg.norm(steps, axis=1)
    if not (np.isfinite(steps).all() and np.isfinite(origin).all() and lengths.min() > 0):
        raise BadHeader(where, f"the axes step {steps.tolist()}", "finite steps that are not 0")
    if abs(np.linalg.det(steps / lengths[:, None])) < 1e-6:
        raise BadHeader(where, f"the axes step {steps.tolist()}", "three independent directions")
    affine = np.eye(4)
    affine[:3, :3] = steps[::-1].T
    affine[:3, 3] = origin
    columns, rows, slices = (*counts, 1)[:3]
    known = (not is_flat, True, True)
    return lawful_grid((slices, rows, columns), affine, where, known, oriented=oriented)


def lawful_grid(
    shape: tuple[int, int, int],
    affine: NDArray[np.float64],
    where: str,
    spacing_known: tuple[bool, bool, bool] = (True, True, True),
    *,
    oriented: bool = True,
) -> Grid:
    """Return a grid of what a header says.

    Parameters
    ----------
    shape, affine, spacing_known, oriented
        As in `Grid`.
    where : str
        Names the file in errors.

    Raises
    ------
    BadHeader
        If no grid has this affine, as voxels are too small to be.
    """
    try:
        return Grid(shape, affine, spacing_known, oriented)
    except ValueError as error:
        steps = np.linalg.norm(affine[:3, :3], axis=0)
        found = f"voxels of {' x '.join(f'{step:.3g}' for step in steps[::-1])} mm"
        raise BadHeader(where, found, "voxels with an extent along three directions") from error


def unplaced(
    counts: Sequence[int], spacing_mm: Sequence[float], where: str
) -> tuple[Grid, tuple[ScanWarning, ...]]:
    """Return a grid without orientation, and the warning that it has none.

    Parameters
    ----------
    counts : sequence of int
        Voxels along (column, row) or (column, row, slice).
    spacing_mm : sequence of float
        Along the same axes; empty if it is unknown.
    where : str
        Names the file in errors.

    Raises
    ------
    BadHeader
        If a spacing is not positive.
    """
    warning = (ScanWarning("no_orientation", "left, right and position are not stated"),)
    if not spacing_mm:
        columns, rows, slices = (*counts, 1)[:3]
        return Grid.plain((slices, rows, columns)), warning
    if min(spacing_mm) <= 0:
        raise BadHeader(where, f"the spacing is {list(spacing_mm)}", "positive lengths")
    steps = np.eye(3)[: len(counts)] * np.asarray(spacing_mm, np.float64)[:, None]
    return grid_along(counts, steps, np.zeros(3), where, oriented=False), warning
