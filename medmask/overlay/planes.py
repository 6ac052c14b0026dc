"""The three planes of the body on an array's axes, as a radiologist looks at them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medmask.grid import Grid

_LEFT, _POSTERIOR, _SUPERIOR = 0, 1, 2  # the world's axes, LPS+
_VIEWS = (  # what the normal, the way down and the way right run towards: (world axis, sign)
    ("axial", (_SUPERIOR, -1), (_POSTERIOR, 1), (_LEFT, 1)),
    ("coronal", (_POSTERIOR, 1), (_SUPERIOR, -1), (_LEFT, 1)),
    ("sagittal", (_LEFT, 1), (_SUPERIOR, -1), (_POSTERIOR, 1)),
)
_WORLD_AXIS = {name: normal for name, (normal, _), _, _ in _VIEWS}


@dataclass(frozen=True)
class Axis:
    """One axis of an array and the way it is walked in a picture.

    Attributes
    ----------
    index : int
        0 slice, 1 row, 2 column.
    flipped : bool
        Whether the picture walks it from its last index to its first.
    """

    index: int
    flipped: bool = False


@dataclass(frozen=True)
class Plane:
    """A way to cut an array into pictures.

    Attributes
    ----------
    name : str
        ``axial``, ``coronal`` or ``sagittal``; where the orientation is unknown, the axis cut.
    normal, down, right : Axis
        The axis across the pictures, and those down and to the right in them.
    """

    name: str
    normal: Axis
    down: Axis
    right: Axis

    def picture(self, voxels: NDArray[Any], at: int) -> NDArray[Any]:
        """Return the picture at an index of the normal's array axis, as a view.

        Parameters
        ----------
        voxels : ndarray, shape (slices, rows, columns)
        at : int
            An index of the array, not turned around where the normal is flipped.
        """
        cut = np.moveaxis(voxels, self.normal.index, 0)[at]
        if self.down.index > self.right.index:
            cut = cut.T
        vertical, horizontal = (slice(None, None, -1 if a.flipped else 1) for a in self._sides)
        turned: NDArray[Any] = cut[vertical, horizontal]
        return turned

    def extent(self, grid: Grid) -> tuple[float, float]:
        """Return the height and width of a picture in world units."""
        down, right = (float(grid.steps[a.index] * grid.shape[a.index]) for a in self._sides)
        return down, right

    def letters(self, grid: Grid) -> tuple[str, str, str, str]:
        """Return the body sides at the picture's left, right, top and bottom; empty if unknown."""
        left, right, top, bottom = (
            grid.letter(axis.index, end=end != axis.flipped)
            for axis in (self.right, self.down)
            for end in (False, True)
        )
        return left, right, top, bottom

    def position_mm(self, grid: Grid, at: int) -> float | None:
        """Return where a picture's middle lies along the world axis that its plane is named for.

        Parameters
        ----------
        grid : Grid
        at : int
            An index of the normal's array axis.

        Returns
        -------
        float or None
            mm towards superior, posterior or left; None where orientation or spacing is unknown.
        """
        axis = self.normal.index
        if self.name not in _WORLD_AXIS or not grid.oriented or not grid.spacing_known[axis]:
            return None
        middle = [(extent - 1) / 2 for extent in grid.shape]
        middle[axis] = at
        return float(grid.world(middle)[_WORLD_AXIS[self.name]])

    def spacing_known(self, grid: Grid) -> bool:
        """Tell whether lengths in the picture are millimetres."""
        return all(grid.spacing_known[axis.index] for axis in self._sides)

    @property
    def _sides(self) -> tuple[Axis, Axis]:
        return self.down, self.right


FILM = Plane("slice", Axis(0), Axis(1), Axis(2))  # a single slice, as it is stored


def planes_of(grid: Grid) -> tuple[Plane, Plane, Plane]:
    """Return the axial, coronal and sagittal planes of a grid, by its affine.

    Parameters
    ----------
    grid : Grid
        With any order and direction of axes. Oblique and sheared grids are cut along the array
        axis nearest to each plane's normal, not resampled.

    Returns
    -------
    tuple of Plane
        In radiological convention: the patient's right at the left of axial and coronal
        pictures, anterior at the top of axial and at the left of sagittal ones, superior at the
        top of the others. Normals run head to foot, front to back and right to left. Where the
        orientation is unknown, the array's own slices, rows and columns, not turned.
    """
    if not grid.oriented:
        return (
            FILM,
            Plane("row", Axis(1), Axis(0), Axis(2)),
            Plane("column", Axis(2), Axis(0), Axis(1)),
        )
    directions = grid.affine[:3, :3] / grid.steps
    nearest = _nearest_axes(directions)

    def towards(world: int, sign: int) -> Axis:
        axis = nearest[world]
        return Axis(axis, bool(directions[world, axis] * sign < 0))

    axial, coronal, sagittal = (
        Plane(name, towards(*normal), towards(*down), towards(*right))
        for name, normal, down, right in _VIEWS
    )
    return axial, coronal, sagittal


def _nearest_axes(directions: NDArray[np.float64]) -> tuple[int, ...]:
    """Return the array axis that stands for each world axis, no axis twice.

    The determinant is a sum of such products and is not 0, so the greatest product is not 0
    either, and every axis found has a direction along its world axis.
    """
    share = np.abs(directions)
    return max(permutations(range(3)), key=lambda axes: float(np.prod(share[range(3), axes])))
