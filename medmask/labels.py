"""The label map that a scan gets: 0 background, 1 soft tissue, 2 bone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from medmask.grid import Grid


class Label(np.uint8, Enum):
    """The values of a label map, in its voxels' own type.

    NumPy converts the whole array to compare it with a Python integer of another class than int.
    """

    BACKGROUND = 0
    SOFT_TISSUE = 1
    BONE = 2


@dataclass(frozen=True, eq=False)
class LabelMap:
    """One label for every voxel of a scan.

    Attributes
    ----------
    voxels : ndarray of uint8, shape (slices, rows, columns)
        Values of `Label`.
    grid : Grid
        The scan's own grid.
    """

    voxels: NDArray[np.uint8]
    grid: Grid

    def __post_init__(self) -> None:
        if self.voxels.shape != self.grid.shape or self.voxels.dtype != np.uint8:
            raise ValueError(
                f"labels must be uint8 of shape {self.grid.shape}, "
                f"got {self.voxels.dtype} of {self.voxels.shape}"
            )

    @classmethod
    def of(cls, body: NDArray[np.bool_], bone: NDArray[np.bool_], grid: Grid) -> Self:
        """Label bone as bone, and the body that is not bone as soft tissue.

        Parameters
        ----------
        body, bone : ndarray of bool, shape (slices, rows, columns)
        grid : Grid
        """
        return cls.of_slabs([body], [bone], grid)

    @classmethod
    def of_slabs(
        cls, body: Iterable[NDArray[np.bool_]], bone: Iterable[NDArray[np.bool_]], grid: Grid
    ) -> Self:
        """Label masks that come a few slices at a time.

        Parameters
        ----------
        body, bone : iterable of ndarray of bool, shape (some slices, rows, columns)
            From the first slice to the last, both in the same steps.
        grid : Grid
        """
        voxels, done = np.empty(grid.shape, np.uint8), 0
        for soft, hard in zip(body, bone, strict=True):
            here = voxels[done : done + len(soft)]
            np.left_shift(hard.view(np.uint8), 1, out=here)  # Label.BONE is 2
            np.maximum(here, soft.view(np.uint8), out=here)  # Label.SOFT_TISSUE is 1
            done += len(soft)
        return cls(voxels, grid)

    def where(self, label: Label) -> NDArray[np.bool_]:
        """Return where a label lies, shape (slices, rows, columns)."""
        return np.asarray(self.voxels == label)

    def count(self, label: Label) -> int:
        """Return the number of voxels with a label."""
        return int(np.count_nonzero(self.voxels == label))

    def volume_ml(self, label: Label) -> float | None:
        """Return a label's volume in ml, ``None`` where the spacing is unknown."""
        each = self.grid.voxel_ml
        return None if each is None else self.count(label) * each
