"""The structuring element: the integer offsets within reach of a voxel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from medmask.grid import Grid

TOLERANCE = 1e-9  # so that a radius of 0.3 mm reaches the third voxel of 0.1 mm

Kind = Literal["cross", "box", "ball"]
Belongs = Callable[[NDArray[np.int64]], NDArray[np.bool_]]


class Run(NamedTuple):
    """Neighbouring offsets along the columns, from ``first`` to ``last`` inclusive."""

    slice: int
    row: int
    first: int
    last: int


class Line(NamedTuple):
    """Neighbouring offsets in one slice: the columns from ``first`` to ``last`` of a row."""

    row: int
    first: int
    last: int


Disc = tuple[Line, ...]


@dataclass(frozen=True)
class Element:
    """A convex set of offsets, the same in both directions along every line through its centre.

    Attributes
    ----------
    runs : tuple of Run
        The offsets, one run for each line of columns that holds any.
    """

    runs: tuple[Run, ...]

    @classmethod
    def ball_mm(cls, grid: Grid, radius_mm: float) -> Element:
        """Return the offsets whose length in the world is no more than a radius.

        Parameters
        ----------
        grid : Grid
            Lengths are measured by its affine, so that a ball is one on a sheared grid as well.
            An axis of one voxel, or whose spacing is unknown, is not moved along.
        radius_mm : float

        Notes
        -----
        The offsets are whole voxels about the centre, not a ball sampled from its rim: it is
        symmetric and has an odd extent whatever the ratio of radius and spacing.
        """
        axes = grid.affine[:3, :3]
        inverse = np.linalg.inv(axes)  # its rows bound how far each index can go
        bounds = np.floor(radius_mm * np.linalg.norm(inverse, axis=1) + TOLERANCE)

        def belongs(offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
            squares = ((offsets @ axes.T) / radius_mm) ** 2
            return np.asarray(squares.sum(axis=-1) <= 1.0 + TOLERANCE)

        return cls(_runs(_along(grid, bounds * np.array(grid.spacing_known)), belongs))

    @classmethod
    def of_voxels(cls, grid: Grid, kind: Kind, reach: int) -> Element:
        """Return the offsets within a number of voxels, whatever their size in mm.

        Parameters
        ----------
        grid : Grid
            An axis of one voxel is not moved along.
        kind : str
            ``cross``: as many steps through faces; ``box``: through faces, edges or corners;
            ``ball``: Euclidean distance in voxels.
        reach : int
        """
        within: dict[Kind, Belongs] = {
            "cross": lambda offsets: np.abs(offsets).sum(axis=-1) <= reach,
            "box": lambda offsets: np.abs(offsets).max(axis=-1) <= reach,
            "ball": lambda offsets: (offsets**2).sum(axis=-1) <= reach**2,
        }
        return cls(_runs(_along(grid, np.full(3, float(reach))), within[kind]))

    @property
    def reach(self) -> tuple[int, int, int]:
        """How far the element extends along (slice, row, column), in voxels."""
        k, j, first, last = np.abs(np.array(self.runs)).max(axis=0).tolist()
        return k, j, max(first, last)

    @property
    def is_upright(self) -> bool:
        """Whether it is its own mirror image along each axis.

        Then, as it is convex, it holds with an offset all that are shorter along one axis.
        """
        mirrored = {(-k, j, first, last) for k, j, first, last in self.runs}
        runs = set(self.runs)
        sides = all(first == -last for _, _, first, last in runs)
        return sides and mirrored == runs == {(k, -j, *ends) for k, j, *ends in runs}

    @property
    def discs(self) -> dict[Disc, list[int]]:
        """The element's different slices, each with the places along the slices where it stands.

        The two sides of a ball have one in common, and all slices of a box.
        """
        slices: dict[int, list[Line]] = {}
        for k, j, first, last in self.runs:
            slices.setdefault(k, []).append(Line(j, first, last))
        places: dict[Disc, list[int]] = {}
        for k, lines in slices.items():
            places.setdefault(tuple(lines), []).append(k)
        return places

    @property
    def size(self) -> int:
        """How many offsets it holds."""
        return sum(run.last - run.first + 1 for run in self.runs)

    def as_array(self) -> NDArray[np.bool_]:
        """Return the element as other libraries take it: an array with its centre in the middle."""
        k, j, i = self.reach
        array = np.zeros((2 * k + 1, 2 * j + 1, 2 * i + 1), np.bool_)
        for run in self.runs:
            array[k + run.slice, j + run.row, i + run.first : i + run.last + 1] = True
        return array


def _along(grid: Grid, bounds: NDArray[np.float64]) -> list[int]:
    """Return how far to look along each axis: not at all along one of a single voxel."""
    return [int(n) if size > 1 else 0 for n, size in zip(bounds, grid.shape, strict=True)]


def _runs(bounds: list[int], belongs: Belongs) -> tuple[Run, ...]:
    """Return the runs of a convex element, looked for slice by slice to keep memory small."""
    rows, columns = (np.arange(-n, n + 1) for n in bounds[1:])
    plane = np.stack(np.meshgrid(0, rows, columns, indexing="ij"), axis=-1)[0]
    runs = []
    for k in range(-bounds[0], bounds[0] + 1):
        inside = belongs(plane + np.array([k, 0, 0]))
        firsts = inside.argmax(axis=1)
        for row in np.flatnonzero(inside.any(axis=1)).tolist():
            first = int(columns[firsts[row]])
            runs.append(Run(k, int(rows[row]), first, first + int(inside[row].sum()) - 1))
    return tuple(runs)
