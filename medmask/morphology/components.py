"""The connected parts of a mask and how many voxels each has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from medmask.morphology.packed import PackedMask
from medmask.morphology.partition import numbered
from medmask.morphology.runs import Link, Positions, Runs, taken

Connectivity = Literal[6, 18, 26]

LINKS: dict[int, tuple[Link, ...]] = {
    6: (Link(0, 1, 0), Link(1, 0, 0)),
    18: (Link(0, 1, 1), Link(1, -1, 0), Link(1, 0, 1), Link(1, 1, 0)),
    26: (Link(0, 1, 1), Link(1, -1, 1), Link(1, 0, 1), Link(1, 1, 1)),
}


@dataclass(frozen=True, eq=False)
class Components:
    """Connected parts, numbered from 0 in the order of their first voxels.

    Attributes
    ----------
    runs : Runs
        Of the mask.
    part : ndarray of int32 or int64, shape (runs,)
        The part that each run belongs to.
    sizes : ndarray of int32 or int64, shape (parts,)
        Voxels of each part.
    """

    runs: Runs
    part: Positions
    sizes: Positions

    @classmethod
    def of(cls, mask: PackedMask, connectivity: Connectivity) -> Components:
        """Find the parts of a mask.

        Parameters
        ----------
        mask : PackedMask
        connectivity : int
            6: voxels that share a face are connected; 18: or an edge; 26: or a corner.
        """
        return cls.linked(mask, LINKS[connectivity])

    @classmethod
    def linked(cls, mask: PackedMask, links: Sequence[Link]) -> Components:
        """Find the parts of a mask in which runs hang together as some links say.

        Parameters
        ----------
        mask : PackedMask
        links : sequence of Link
            Towards later runs; those towards earlier ones follow.
        """
        runs = Runs.of(mask)
        part, count = numbered(mask, runs, links)
        sizes = np.zeros(count, part.dtype)
        for some in runs.cuts():
            np.add.at(sizes, part[some], runs.lengths(some))
        return cls(runs, part, sizes)

    def where(self, chosen: NDArray[np.bool_]) -> PackedMask:
        """Return the mask of some parts.

        Parameters
        ----------
        chosen : ndarray of bool, shape (parts,)
        """
        return self.runs.painted(taken(chosen, self.part))

    def holding(self, seeds: PackedMask) -> NDArray[np.bool_]:
        """Tell which parts hold at least one voxel of another mask, shape (parts,)."""
        found = np.zeros(self.sizes.size, np.bool_)
        holding = self.runs.holding(seeds)
        for some in self.runs.cuts():
            found[self.part[some][holding[some]]] = True
        return found

    @property
    def boxes(self) -> NDArray[np.int32]:
        """The smallest box about each part, shape (parts, 3, 2).

        Along (slice, row, column) its first index and the one behind its last.
        """
        boxes = np.empty((self.sizes.size, 3, 2), np.int32)
        boxes[..., 0], boxes[..., 1] = np.iinfo(np.int32).max, 0
        for some in self.runs.cuts():
            for axis, (low, high) in enumerate(self._spans(some)):
                np.minimum.at(boxes[:, axis, 0], self.part[some], low)
                np.maximum.at(boxes[:, axis, 1], self.part[some], high)
        return boxes

    @property
    def faces(self) -> NDArray[np.bool_]:
        """Which faces of the array each part touches, shape (parts, 3, 2): its first, its last."""
        faces = np.zeros((self.sizes.size, 3, 2), np.bool_)
        for some in self.runs.cuts():
            for axis, (low, high) in enumerate(self._spans(some)):
                faces[self.part[some][low == 0], axis, 0] = True
                faces[self.part[some][high == self.runs.shape[axis]], axis, 1] = True
        return faces

    def _spans(self, some: slice) -> Iterator[tuple[Positions, Positions]]:
        """Yield for each axis where some runs begin, and the index behind their ends."""
        slices, rows, columns = self.runs.at(some)
        yield slices, slices + 1
        yield rows, rows + 1
        yield columns, columns + self.runs.lengths(some)
