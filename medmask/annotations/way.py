"""The way from the voxels of one grid to those of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform

from medmask.grid import Grid

SNAP_VOXELS: Final = 0.1  # less than this is rounding of a header, and no voxel changes by it
SAME_MM: Final = 1e-3


@dataclass(frozen=True, eq=False)
class Way:
    """For each voxel of a target grid the place under it in a source grid.

    Attributes
    ----------
    source, target : Grid
    matrix : ndarray, shape (3, 3)
    offset : ndarray, shape (3,)
        Source index = matrix @ target index + offset.
    displacement_mm : float or None
        If the source's voxels are the target's: how far they were moved at most to coincide,
        beyond rounding nothing. ``None`` if they are other voxels.
    """

    source: Grid
    target: Grid
    matrix: NDArray[np.float64]
    offset: NDArray[np.float64]
    displacement_mm: float | None

    @classmethod
    def between(cls, source: Grid, target: Grid) -> Way:
        """Return the way by the world, snapped where the two grids share their voxels.

        Notes
        -----
        The voxels are shared if axes, directions and steps are the same and no corner of the
        source is more than a tenth of a voxel off; such differences come from decimals in headers.
        """
        inverse = np.linalg.inv(source.affine)
        exact = inverse @ target.affine
        matrix, offset = exact[:3, :3], exact[:3, 3]
        whole = np.rint(matrix)
        if not _is_reordering(whole):
            return cls(source, target, matrix, offset, None)
        centre = (np.array(target.shape) - 1) // 2
        whole_offset = np.rint(matrix @ centre + offset - whole @ centre)
        corners = _corners(source.shape)
        meant = (corners - whole_offset) @ whole  # the inverse of a reordering is its transpose
        voxels = (np.linalg.inv(matrix) @ (corners - offset).T).T - meant
        if np.abs(voxels).max() > SNAP_VOXELS:
            return cls(source, target, matrix, offset, None)
        moved = np.linalg.norm(source.world(corners) - target.world(meant), axis=1).max()
        return cls(source, target, whole, whole_offset, float(moved))

    @classmethod
    def by_index(cls, source: Grid, target: Grid) -> Way:
        """Return the way from each voxel to the one of the same index."""
        return cls(source, target, np.eye(3), np.zeros(3), None)

    @property
    def is_identity(self) -> bool:
        """Whether each voxel lies upon the one of the same index, and all are there."""
        same = np.array_equal(self.matrix, np.eye(3)) and not self.offset.any()
        return same and self.source.shape == self.target.shape

    @property
    def shares_voxels(self) -> bool:
        """Whether the source's voxels are the target's, or some of them."""
        return self.displacement_mm is not None

    def nearest(self, voxels: NDArray[Any]) -> NDArray[Any]:
        """Return for each target voxel the value of the nearest source voxel, 0 beyond them."""
        if self.is_identity:
            return voxels
        axes = self._straight_axes()
        if axes is not None:
            return self._straight(voxels, axes)
        moved: NDArray[Any] = affine_transform(
            voxels, self.matrix, self.offset, self.target.shape, order=0, mode="grid-constant"
        )
        return moved

    def linear(self, voxels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return values between source voxels by linear interpolation, 0 beyond them."""
        if self.shares_voxels:
            moved: NDArray[np.uint8] = self.nearest(voxels)
            return moved
        placed = np.empty(self.target.shape, np.uint8)
        for k, slab in enumerate(placed):
            values = affine_transform(
                voxels,
                self.matrix,
                self.offset + self.matrix[:, 0] * k,
                (1, *self.target.shape[1:]),
                output=np.float32,
                order=1,
                mode="grid-constant",
            )
            slab[...] = np.rint(values[0])
        return placed

    def inside(self, index: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Tell which source voxels, by index of shape (n, 3), have their centre in the target."""
        at = (index - self.offset) @ np.linalg.inv(self.matrix).T
        return np.asarray(((at >= -0.5) & (at < np.array(self.target.shape) - 0.5)).all(axis=1))

    def _straight_axes(self) -> tuple[int, ...] | None:
        """Return for each target axis the source axis along it, if there is one each.

        What turns the axes may not add up to more than rounding over the target's whole extent.
        """
        axes = tuple(int(row) for row in np.abs(self.matrix).argmax(axis=0))
        if sorted(axes) != [0, 1, 2]:
            return None
        turned = np.abs(self.matrix.copy())
        turned[axes, range(3)] = 0
        aside = turned @ np.array(self.target.shape)
        return axes if aside.max() <= SNAP_VOXELS else None

    def _straight(self, voxels: NDArray[Any], axes: tuple[int, ...]) -> NDArray[Any]:
        """Take whole rows, columns and slices: each target index has one source index."""
        placed = np.zeros(self.target.shape, voxels.dtype)
        taken, given = [], []
        centre = (np.array(self.target.shape) - 1) / 2
        for axis, source_axis in enumerate(axes):
            others = self.matrix[source_axis].copy()
            others[axis] = 0
            start = self.offset[source_axis] + float(others @ centre)
            index = start + self.matrix[source_axis, axis] * np.arange(self.target.shape[axis])
            nearest = np.floor(index + 0.5).astype(np.intp)
            covered = (nearest >= 0) & (nearest < self.source.shape[source_axis])
            taken.append(nearest[covered])
            given.append(np.flatnonzero(covered))
        if all(len(one) for one in given):
            block = tuple(slice(one[0], one[-1] + 1) for one in given)
            placed[block] = voxels.transpose(axes)[np.ix_(*taken)]
        return placed


def _is_reordering(matrix: NDArray[np.float64]) -> bool:
    """Tell whether a whole matrix only swaps and turns axes round."""
    ones = np.abs(matrix)
    return bool((ones.sum(axis=0) == 1).all() and (ones.sum(axis=1) == 1).all() and ones.max() == 1)


def _corners(shape: tuple[int, int, int]) -> NDArray[np.float64]:
    return np.array(np.meshgrid(*[(0.0, n - 1.0) for n in shape])).reshape(3, -1).T
