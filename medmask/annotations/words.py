"""Grids and places in words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medmask.grid import Grid


def span_of(points: NDArray[np.float64]) -> str:
    """Return where points lie, such as ``L -10.0 to 5.0 mm, ...``.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
        LPS+ mm.
    """
    axes = zip("LPS", points.min(axis=0), points.max(axis=0), strict=True)
    return ", ".join(f"{axis} {low:.1f} to {high:.1f} mm" for axis, low, high in axes)


def size_of(grid: Grid) -> str:
    """Return a grid's columns x rows x slices."""
    slices, rows, columns = grid.shape
    return f"{columns} x {rows} x {slices}"
