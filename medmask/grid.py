"""Where the voxels of an array lie in the world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

_DIRECTIONS = (("R", "L"), ("A", "P"), ("I", "S"))  # (towards minus, towards plus) along L, P, S


@dataclass(frozen=True, eq=False)
class Grid:
    """An array's shape and its place in the world.

    Attributes
    ----------
    shape : tuple of int
        Voxels along (slice, row, column): the array's own C order.
    affine : ndarray, shape (4, 4), float64
        Maps the index (slice, row, column, 1) to LPS+ millimetres. Shear is lawful.
    spacing_known : tuple of bool
        For each axis whether its spacing is known in mm. A picture without spacing has none;
        a radiograph knows rows and columns only.
    oriented : bool
        Whether directions and position in the patient are known.
    """

    shape: tuple[int, int, int]
    affine: NDArray[np.float64]
    spacing_known: tuple[bool, bool, bool] = (True, True, True)
    oriented: bool = True

    def __post_init__(self) -> None:
        if len(self.shape) != 3 or min(self.shape) < 1:
            raise ValueError(f"a grid needs three positive extents, got {self.shape}")
        if self.affine.shape != (4, 4) or not np.isfinite(self.affine).all():
            raise ValueError(f"a grid needs a finite 4x4 affine, got {self.affine.tolist()}")
        if abs(np.linalg.det(self.affine[:3, :3])) < 1e-12:
            raise ValueError(f"a grid needs an invertible affine, got {self.affine.tolist()}")

    @classmethod
    def plain(cls, shape: tuple[int, int, int]) -> Self:
        """Return the grid of a picture: rows and columns, no millimetres, no orientation."""
        rows_then_columns = np.array([[0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1]])
        return cls(shape, rows_then_columns.astype(np.float64), (False, False, False), False)

    @property
    def is_2d(self) -> bool:
        """Whether there is one slice only."""
        return self.shape[0] == 1

    @property
    def steps(self) -> NDArray[np.float64]:
        """Return the lengths of one step along (slice, row, column), in world units."""
        lengths: NDArray[np.float64] = np.linalg.norm(self.affine[:3, :3], axis=0)
        return lengths

    @property
    def spacing_mm(self) -> tuple[float | None, float | None, float | None]:
        """Spacing along (slice, row, column) in mm, ``None`` where it is unknown."""
        k, j, i = (
            float(s) if known else None
            for s, known in zip(self.steps, self.spacing_known, strict=True)
        )
        return k, j, i

    @property
    def voxel_ml(self) -> float | None:
        """Volume of one voxel in ml, ``None`` where a spacing is unknown."""
        if not all(self.spacing_known):
            return None
        return float(abs(np.linalg.det(self.affine[:3, :3]))) / 1000.0

    @property
    def unmeasured_axes(self) -> tuple[int, ...]:
        """The index axes along which voxels lie side by side, nobody knows how far apart."""
        spans = zip(self.spacing_known, self.shape, strict=True)
        return tuple(axis for axis, (known, n) in enumerate(spans) if not known and n > 1)

    @property
    def axial_axis(self) -> int:
        """The index axis that axial slices are counted along, however the array is stored.

        The axis nearest to S; of a scan that is one voxel thin its thin axis; the first where the
        orientation is not known.
        """
        if 1 in self.shape:
            return self.shape.index(1)
        if not self.oriented:
            return 0
        return int(np.abs(self.affine[2, :3] / self.steps).argmax())

    @property
    def is_sheared(self) -> bool:
        """Whether two axes are not at right angles, to 1e-3."""
        unit = self.affine[:3, :3] / self.steps
        return bool(np.abs(unit.T @ unit - np.eye(3)).max() > 1e-3)

    def world(self, index: ArrayLike) -> NDArray[np.float64]:
        """Return LPS+ positions in mm of (slice, row, column) indices, shape (..., 3)."""
        at: NDArray[np.float64] = np.asarray(index, np.float64) @ self.affine[:3, :3].T
        return at + self.affine[:3, 3]

    def letter(self, axis: int, *, end: bool) -> str:
        """Return the letter of the body side that an index axis runs towards.

        Parameters
        ----------
        axis : int
            0 slice, 1 row, 2 column.
        end : bool
            The side at the axis' last index rather than at its first.

        Returns
        -------
        str
            One of ``L R A P S I``, or an empty text where the orientation is unknown.
        """
        if not self.oriented:
            return ""
        direction = self.affine[:3, axis]
        main = int(np.abs(direction).argmax())
        return _DIRECTIONS[main][int((direction[main] > 0) == end)]

    def corners(self) -> NDArray[np.float64]:
        """Return the centres of the eight voxels at the corners, LPS+ mm, shape (8, 3)."""
        return self.world(np.array(np.meshgrid(*[(0, n - 1) for n in self.shape])).reshape(3, -1).T)

    def matches(self, other: Grid) -> bool:
        """Tell whether another grid has the same shape and its corners within 0.001 mm."""
        if self.shape != other.shape:
            return False
        return bool(np.abs(self.corners() - other.corners()).max() < 1e-3)
