"""How one grid lies on another: the same voxels in another order, or other voxels of the world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from medmask.grid import Grid

SNAP_VOXELS: Final = 0.1  # less than this is rounding of a header, and no voxel changes by it


@dataclass(frozen=True, eq=False)
class Placement:
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
    def between(cls, source: Grid, target: Grid) -> Self:
        """Return how a grid lies on another, snapped where the two share their voxels.

        Parameters
        ----------
        source, target : Grid
            If the orientation of either is not known, voxels of the same index are the same.

        Notes
        -----
        The voxels are shared if axes, directions and steps are the same and no corner of the
        source is more than a tenth of a voxel off; such differences come from decimals in headers.
        """
        if not (source.oriented and target.oriented):
            return cls(source, target, np.eye(3), np.zeros(3), 0.0)
        exact = np.linalg.inv(source.affine) @ target.affine
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

    @property
    def shares_voxels(self) -> bool:
        """Whether the source's voxels are the target's, or some of them."""
        return self.displacement_mm is not None

    @property
    def is_one_to_one(self) -> bool:
        """Whether both have the same voxels, though their arrays may run other ways."""
        if not self.shares_voxels:
            return False
        at = (_corners(self.source.shape) - self.offset) @ self.matrix
        ends = np.array([np.zeros(3), np.array(self.target.shape) - 1])
        return np.array_equal([at.min(axis=0), at.max(axis=0)], ends)

    @property
    def is_identity(self) -> bool:
        """Whether each voxel lies upon the one of the same index, and all are there."""
        same = np.array_equal(self.matrix, np.eye(3)) and not self.offset.any()
        return same and self.source.shape == self.target.shape

    @property
    def overlaps(self) -> bool:
        """Whether, along each of the target's axes, the two have something in common."""
        corners = _corners(self.source.shape, beyond=0.5)
        at = (corners - self.offset) @ np.linalg.inv(self.matrix).T
        ends = np.array(self.target.shape) - 0.5
        return bool(((at.max(axis=0) > -0.5) & (at.min(axis=0) < ends)).all())

    def reordered(self, voxels: NDArray[Any]) -> NDArray[Any]:
        """Return a view of the source's array that runs like the target's.

        Parameters
        ----------
        voxels : ndarray, shape (slices, rows, columns) or (slices, rows, columns, channels)
            On a source that has the target's voxels one for one.
        """
        turned = voxels.transpose(*np.abs(self.matrix).argmax(axis=0), *range(3, voxels.ndim))
        backwards = self.matrix.sum(axis=0) < 0
        return turned[tuple(slice(None, None, -1 if back else 1) for back in backwards)]

    def nearest(self, voxels: NDArray[Any]) -> NDArray[Any]:
        """Return for each target voxel the value of the nearest source voxel, 0 beyond them.

        Parameters
        ----------
        voxels : ndarray, shape (slices, rows, columns)
            On the source.
        """
        if self.is_one_to_one:
            return np.ascontiguousarray(self.reordered(voxels))
        axes = self._straight_axes()
        if axes is not None:
            return self._straight(voxels, axes)
        from scipy.ndimage import affine_transform

        moved: NDArray[Any] = affine_transform(
            voxels, self.matrix, self.offset, self.target.shape, order=0, mode="grid-constant"
        )
        return moved

    def linear(self, voxels: NDArray[Any]) -> NDArray[Any]:
        """Return values between source voxels by linear interpolation, 0 beyond them.

        Parameters
        ----------
        voxels : ndarray, shape (slices, rows, columns)
            On the source.

        Returns
        -------
        ndarray, shape of the target
            In the type of ``voxels``; integers are rounded half to even.
        """
        if self.shares_voxels:
            return self.nearest(voxels)
        from scipy.ndimage import affine_transform

        kind = voxels.dtype if voxels.dtype.kind == "f" else np.dtype(np.float64)
        placed = np.empty(self.target.shape, voxels.dtype)
        for k, slab in enumerate(placed):  # slice by slice: there is no float copy of a volume
            values = affine_transform(
                voxels,
                self.matrix,
                self.offset + self.matrix[:, 0] * k,
                (1, *slab.shape),
                output=kind,
                order=1,
                mode="nearest",
            )[0]
            slab[...] = values if kind == voxels.dtype else np.rint(values)
            slab[~self._covered(k)] = 0
        return placed

    def covered(self) -> NDArray[np.bool_]:
        """Return which target voxels have their centres within the source's, as an array."""
        return np.stack([self._covered(k) for k in range(self.target.shape[0])])

    def inside(self, index: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Tell which source voxels, by index of shape (n, 3), have their centre in the target."""
        at = (index - self.offset) @ np.linalg.inv(self.matrix).T
        return np.asarray(((at >= -0.5) & (at < np.array(self.target.shape) - 0.5)).all(axis=1))

    def _covered(self, k: int) -> NDArray[np.bool_]:
        """Do as `covered` for one slice."""
        _, rows, columns = self.target.shape
        row, column = np.ogrid[:rows, :columns]
        inside = np.ones((rows, columns), np.bool_)
        for start, by, extent in zip(self.offset, self.matrix, self.source.shape, strict=True):
            index = start + by[0] * k + by[1] * row + by[2] * column
            inside &= (index >= -0.5) & (index <= extent - 0.5)
        return inside

    def _straight_axes(self) -> tuple[int, ...] | None:
        """Return for each target axis the source axis along it, if there is one each.

        What turns the axes may not add up to more than rounding over the target's whole extent.
        """
        axes = tuple(int(row) for row in np.abs(self.matrix).argmax(axis=0))
        if sorted(axes) != [0, 1, 2]:
            return None
        turned = np.abs(self.matrix)
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


def difference(one: Grid, other: Grid) -> str:
    """Return in words what differs between two grids; empty if it is less than headers round.

    Parameters
    ----------
    one, other : Grid
    """
    said = []
    if one.shape != other.shape:
        said.append(f"shape {_times(one.shape)} against {_times(other.shape)}")
    if not (one.oriented and other.oriented):
        return "; ".join(said)
    steps = [" x ".join(f"{step:.4g}" for step in grid.steps) for grid in (one, other)]
    if steps[0] != steps[1]:
        said.append(f"spacing {steps[0]} against {steps[1]} mm")
    cosines = np.sum(
        (one.affine[:3, :3] / one.steps) * (other.affine[:3, :3] / other.steps), axis=0
    )
    turned = float(np.degrees(np.arccos(np.clip(cosines, -1, 1))).max())
    if turned > 0.05:
        said.append(f"axes turned by up to {turned:.1f} degrees")
    moved = float(np.linalg.norm(one.affine[:3, 3] - other.affine[:3, 3]))
    if moved > SNAP_VOXELS * float(min(other.steps)):
        said.append(f"first voxels {moved:.4g} mm apart")
    return "; ".join(said)


def _times(shape: tuple[int, int, int]) -> str:
    return " x ".join(str(n) for n in shape)


def _is_reordering(matrix: NDArray[np.float64]) -> bool:
    """Tell whether a whole matrix only swaps and turns axes round."""
    ones = np.abs(matrix)
    return bool((ones.sum(axis=0) == 1).all() and (ones.sum(axis=1) == 1).all() and ones.max() == 1)


def _corners(shape: tuple[int, int, int], beyond: float = 0.0) -> NDArray[np.float64]:
    """Return the indices of the corner voxels, or of points beyond them, shape (8, 3)."""
    ends = [(-beyond, n - 1 + beyond) for n in shape]
    return np.array(np.meshgrid(*ends), np.float64).reshape(3, -1).T
