"""Polygons to pixels: even-odd at pixel centres, by scanlines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_UPON: Final = 1e-9  # pixels; a crossing this near to a centre is upon it, whatever the rounding


def fill(polygons: Sequence[NDArray[np.float64]], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the pixels whose centres lie inside an odd number of polygons.

    Parameters
    ----------
    polygons : sequence of ndarray of float64, shape (points, 2)
        Closed outlines as (row, column); pixel (r, c) has its centre at (r, c). Outlines may hold
        or cross each other and themselves: a hole is an outline within another, and a keyhole's
        two coincident edges cancel.
    shape : tuple of int
        Rows and columns.

    Returns
    -------
    ndarray of bool, shape (rows, columns)
        A centre upon an edge belongs to what lies below and to the right of it, so that two
        polygons that share an edge share no pixel.

    Notes
    -----
    An edge from row a to row b crosses the scanlines a <= r < b, each at one column; right of it
    the parity is another. Crossings are counted into the first pixel to their right, and one
    running sum along the rows gives the parity of every pixel at once.

    Examples
    --------
    >>> import numpy as np
    >>> fill([np.array([(0, 0), (0, 2), (2, 2), (2, 0)], float)], (3, 3)).sum()
    np.int64(4)
    """
    rows, columns = shape
    crossings = np.zeros((rows, columns + 1), np.int64)
    edges = [_edges(points) for points in polygons if len(points) > 1]
    if edges:
        at_row, at_column = _crossings(np.concatenate(edges), rows)
        first_right = np.clip(np.ceil(at_column - _UPON), 0, columns).astype(np.intp)
        flat = at_row * (columns + 1) + first_right
        crossings += np.bincount(flat, minlength=crossings.size).reshape(crossings.shape)
    parity: NDArray[np.bool_] = (np.cumsum(crossings[:, :columns], axis=1) & 1).astype(np.bool_)
    return parity


def _edges(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (row, column, row, column) of every edge, from its upper end to its lower."""
    ends = np.hstack([points, np.roll(points, -1, axis=0)])
    upwards = ends[:, 0] > ends[:, 2]
    ends[upwards] = ends[upwards][:, [2, 3, 0, 1]]
    return ends


def _crossings(
    edges: NDArray[np.float64], rows: int
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return row and column of every place where an edge crosses a scanline of the picture."""
    first = np.clip(np.ceil(edges[:, 0]), 0, rows).astype(np.intp)
    behind = np.clip(np.ceil(edges[:, 2]), 0, rows).astype(np.intp)
    counts = np.maximum(behind - first, 0)
    edge = np.repeat(np.arange(len(edges)), counts)
    begins = np.cumsum(counts) - counts
    row = first[edge] + np.arange(edge.size) - begins[edge]
    upper_row, upper_column, lower_row, lower_column = edges[edge].T
    share = (row - upper_row) / (lower_row - upper_row)
    return row, upper_column + share * (lower_column - upper_column)
