"""The connected parts of a mask and how many voxels each has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from medmask.morphology.packed import PackedMask
from medmask.morphology.runs import Link, Positions, Runs

Connectivity = Literal[6, 18, 26]

LINKS: dict[int, tuple[Link, ...]] = {
    6: (Link(0, 1, 0), Link(1, 0, 0)),
    18: (Link(0, 1, 1), Link(1, -1, 0), Link(1, 0, 1), Link(1, 1, 0)),
    26: (Link(0, 1, 1), Link(1, -1, 1), Link(1, 0, 1), Link(1, 1, 1)),
}
DENSE = 1 / 24  # runs a voxel from which labelling voxel by voxel is faster (docs/decisions)


@dataclass(frozen=True, eq=False)
class Components:
    """Connected parts, numbered from 0 in the order of their first voxels.

    Attributes
    ----------
    runs : Runs
        Of the mask.
    part : ndarray of int32 or int64, shape (runs,)
        The part that each run belongs to.
    sizes : ndarray of int64, shape (parts,)
        Voxels of each part.
    """

    runs: Runs
    part: Positions
    sizes: NDArray[np.int64]

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
        if runs.starts.size > DENSE * np.prod(mask.shape):
            first = _first_by_voxels(mask, runs, links)
        else:
            first = _first_by_links(runs, links)
        is_first = first == np.arange(first.size, dtype=first.dtype)
        part = (np.cumsum(is_first, dtype=first.dtype) - 1)[first]
        # Sums of whole numbers are exact in float64 up to 2^53.
        sizes = np.bincount(part, runs.lengths, int(np.count_nonzero(is_first)))
        return cls(runs, part, sizes.astype(np.int64))

    def where(self, chosen: NDArray[np.bool_]) -> PackedMask:
        """Return the mask of some parts.

        Parameters
        ----------
        chosen : ndarray of bool, shape (parts,)
        """
        return self.runs.painted(chosen[self.part])

    def holding(self, seeds: PackedMask) -> NDArray[np.bool_]:
        """Tell which parts hold at least one voxel of another mask, shape (parts,)."""
        found = np.zeros(self.sizes.size, np.bool_)
        found[self.part[self.runs.holding(seeds)]] = True
        return found

    @property
    def boxes(self) -> NDArray[np.int64]:
        """The smallest box about each part, shape (parts, 3, 2).

        Along (slice, row, column) its first index and the one behind its last.
        """
        slices, rows, columns = self.runs.at
        boxes = np.empty((self.sizes.size, 3, 2), np.int64)
        boxes[..., 0], boxes[..., 1] = np.iinfo(np.int64).max, 0
        lasts = (slices + 1, rows + 1, columns + self.runs.lengths)
        for axis, (low, high) in enumerate(zip((slices, rows, columns), lasts, strict=True)):
            np.minimum.at(boxes[:, axis, 0], self.part, low)
            np.maximum.at(boxes[:, axis, 1], self.part, high)
        return boxes

    @property
    def faces(self) -> NDArray[np.bool_]:
        """Which faces of the array each part touches, shape (parts, 3, 2): its first, its last."""
        faces = np.zeros((self.sizes.size, 3, 2), np.bool_)
        slices, rows, columns = self.runs.at
        lasts = (slices + 1, rows + 1, columns + self.runs.lengths)
        for axis, (low, high) in enumerate(zip((slices, rows, columns), lasts, strict=True)):
            faces[self.part[low == 0], axis, 0] = True
            faces[self.part[high == self.runs.shape[axis]], axis, 1] = True
        return faces


def _first_by_links(runs: Runs, links: Iterable[Link]) -> Positions:
    """Return for each run the first one of its part."""
    first: Positions = np.arange(runs.starts.size, dtype=runs.starts.dtype)
    for link in links:
        here, there = runs.linked(link)
        while here.size:
            here, there = first[here], first[there]
            apart = here != there
            here, there = here[apart], there[apart]
            # Both are first ones, and the earlier one is never hung below the later: no circle.
            first[np.maximum(here, there)] = np.minimum(here, there)
            _follow_to_the_end(first)
    return first


def _follow_to_the_end(first: Positions) -> None:
    """Let each run point, in place, to where the one it points to leads."""
    while True:
        farther = first[first]
        if np.array_equal(farther, first):
            return
        first[...] = farther


def _first_by_voxels(mask: PackedMask, runs: Runs, links: Iterable[Link]) -> Positions:
    """Return for each run the first one of its part, by labelling every voxel.

    Where noise makes nearly every voxel a run of its own, there are more runs and links than
    can be gone through faster.
    """
    from scipy import ndimage

    structure = np.zeros((3, 3, 3), np.bool_)
    structure[1, 1] = True
    for slices, rows, gap in links:
        structure[1 + slices, 1 + rows, 1 - gap : 2 + gap] = True
    structure |= structure[::-1, ::-1, ::-1]
    labels, done = np.empty(mask.shape, np.int32), 0
    for slab in mask.slabs():
        labels[done : done + len(slab)] = slab
        done += len(slab)
    count = ndimage.label(labels, structure, output=labels)
    label = runs.first_voxels(labels)
    del labels
    numbers: Positions = np.arange(label.size, dtype=runs.starts.dtype)
    first = np.zeros(count + 1, numbers.dtype)
    first[label[::-1]] = numbers[::-1]  # of several, the last one written stays
    return first[label]
