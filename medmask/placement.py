"""How one grid lies on another: the same voxels in another order, or another grid of the world."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform

from medmask.grid import Grid

SNAPPED_VOXELS = 0.1  # headers round positions; by less than this the voxels are meant to be one


@dataclass(frozen=True, eq=False)
class Reordering:
    """Voxels that two grids share, one for one, though their arrays may run other ways.

    Attributes
    ----------
    axes : tuple of int
        The axis of the other array that runs along slices, rows and columns here.
    flipped : tuple of bool
        Whether it runs the other way.
    displacement_mm : float
        The farthest that a corner voxel of one grid lies from its twin.
    """

    axes: tuple[int, int, int]
    flipped: tuple[bool, bool, bool]
    displacement_mm: float

    @classmethod
    def between(cls, source: Grid, target: Grid) -> Self | None:
        """Return how the voxels of a grid become those of another, or nothing if they are others.

        Parameters
        ----------
        source, target : Grid
            Grids whose orientation is not known have no place: they match by shape alone.
        """
        if not (source.oriented and target.oriented):
            return cls((0, 1, 2), (False,) * 3, 0.0) if source.shape == target.shape else None
        linear = _index_map(source, target)[:3, :3]
        nearest = np.abs(linear).argmax(axis=1)
        axes = int(nearest[0]), int(nearest[1]), int(nearest[2])
        shape = tuple(source.shape[axis] for axis in axes)
        if sorted(axes) != [0, 1, 2] or shape != target.shape:
            return None
        flips = [bool(linear[k, axis] < 0) for k, axis in enumerate(axes)]
        flipped = flips[0], flips[1], flips[2]
        apart = _corners_apart(source, target, axes, flipped)
        if np.abs(apart @ np.linalg.inv(target.affine[:3, :3]).T).max() > SNAPPED_VOXELS:
            return None
        return cls(axes, flipped, float(np.linalg.norm(apart, axis=1).max()))

    @property
    def is_identity(self) -> bool:
        """Whether both arrays run the same way."""
        return self.axes == (0, 1, 2) and not any(self.flipped)

    def apply(self, voxels: NDArray[Any]) -> NDArray[Any]:
        """Return a view of the other array, (slices, rows, columns) and channels, in this order."""
        channels = range(3, voxels.ndim)
        turned = voxels.transpose(*self.axes, *channels)
        return turned[tuple(slice(None, None, -1 if flip else 1) for flip in self.flipped)]


def resampled(
    voxels: NDArray[Any], source: Grid, target: Grid, *, nearest: bool, outside: float = 0.0
) -> NDArray[Any]:
    """Return voxels of one grid on another grid of the same world.

    Parameters
    ----------
    voxels : ndarray, shape (slices, rows, columns)
        On ``source``.
    source, target : Grid
        Both placed in the world; any affines.
    nearest : bool
        Take the nearest voxel, as for labels, rather than interpolate linearly.
    outside : float
        The value where the source has no voxels.

    Returns
    -------
    ndarray, shape of the target
        In the type of ``voxels``; integers are rounded half to even.
    """
    to_source = _index_map(target, source)
    kind = voxels.dtype if nearest or voxels.dtype.kind == "f" else np.dtype(np.float64)
    result = np.empty(target.shape, voxels.dtype)
    for k, slab in enumerate(result):  # slice by slice, so that no float copy of a volume is made
        one = affine_transform(
            voxels,
            np.column_stack([np.zeros(3), to_source[:3, 1:3]]),
            to_source[:3, 3] + k * to_source[:3, 0],
            output_shape=(1, *target.shape[1:]),
            output=kind,
            order=0 if nearest else 1,
            mode="nearest",
        )[0]
        slab[...] = one if kind == voxels.dtype else np.rint(one)
        slab[~_covered(source, target, k)] = outside
    return result


def covered(source: Grid, target: Grid) -> NDArray[np.bool_]:
    """Return which voxels of a target have their centres within the voxels of a source.

    Parameters
    ----------
    source, target : Grid
        Both placed in the world.

    Returns
    -------
    ndarray of bool, shape of the target
    """
    return np.stack([_covered(source, target, k) for k in range(target.shape[0])])


def _covered(source: Grid, target: Grid, k: int) -> NDArray[np.bool_]:
    """Do as `covered` for one slice."""
    to_source = _index_map(target, source)
    rows, columns = np.ogrid[: target.shape[1], : target.shape[2]]
    inside = np.ones(target.shape[1:], np.bool_)
    for axis, extent in enumerate(source.shape):
        by_slice, by_row, by_column, start = to_source[axis]
        index = start + by_slice * k + by_row * rows + by_column * columns
        inside &= (index >= -0.5) & (index <= extent - 0.5)
    return inside


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
    if moved > SNAPPED_VOXELS * float(min(other.steps)):
        said.append(f"first voxels {moved:.4g} mm apart")
    return "; ".join(said)


def _times(shape: tuple[int, int, int]) -> str:
    return " x ".join(str(n) for n in shape)


def _index_map(source: Grid, target: Grid) -> NDArray[np.float64]:
    """Return the affine from indices of a source to those of a target."""
    return np.asarray(np.linalg.solve(target.affine, source.affine), np.float64)


def _corners_apart(
    source: Grid, target: Grid, axes: tuple[int, ...], flipped: tuple[bool, ...]
) -> NDArray[np.float64]:
    """Return the vectors from target's corners to those of the reordered source, (8, 3)."""
    here = np.array(list(product(*[(0, n - 1) for n in target.shape])), np.float64)
    there = np.empty_like(here)
    for k, (axis, flip) in enumerate(zip(axes, flipped, strict=True)):
        there[:, axis] = target.shape[k] - 1 - here[:, k] if flip else here[:, k]
    return source.world(there) - target.world(here)
