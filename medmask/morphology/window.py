"""The part of an array that a mask can touch, so that no work is done on bare background."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Margins = tuple[int, int, int]


@dataclass(frozen=True)
class Window:
    """A box of an array.

    Attributes
    ----------
    box : tuple of slice
        Along (slice, row, column), within the array.
    beyond : tuple of (int, int)
        For each axis by how many voxels the margin asked for reaches beyond the array's two ends.
    """

    box: tuple[slice, slice, slice]
    beyond: tuple[tuple[int, int], tuple[int, int], tuple[int, int]]

    @classmethod
    def about(cls, mask: NDArray[np.bool_], margins: Margins) -> Window | None:
        """Return the box that holds a mask and a margin about it, ``None`` for an empty mask.

        Parameters
        ----------
        mask : ndarray of bool, shape (slices, rows, columns)
        margins : tuple of int
            Voxels to add on either side along (slice, row, column).
        """
        slices = np.flatnonzero(mask.any(axis=(1, 2)))
        if slices.size == 0:
            return None
        flat = np.logical_or.reduce(mask[slices[0] : slices[-1] + 1], axis=0)
        occupied = (slices, np.flatnonzero(flat.any(axis=1)), np.flatnonzero(flat.any(axis=0)))
        spans = [
            (int(at[0]) - margin, int(at[-1]) + 1 + margin)
            for at, margin in zip(occupied, margins, strict=True)
        ]
        ends = list(zip(spans, mask.shape, strict=True))
        k, j, i = (slice(max(low, 0), min(high, n)) for (low, high), n in ends)
        at_k, at_j, at_i = ((max(-low, 0), max(high - n, 0)) for (low, high), n in ends)
        return cls((k, j, i), (at_k, at_j, at_i))

    def cut(self, mask: NDArray[np.bool_], *, repeat_edge: bool = False) -> NDArray[np.bool_]:
        """Return the box' part of a mask.

        Parameters
        ----------
        mask : ndarray of bool, shape (slices, rows, columns)
        repeat_edge : bool
            Whether to go on beyond the array with the voxels at its edge, as far as the margin
            reaches.
        """
        part = mask[self.box]
        if repeat_edge and any(max(ends) for ends in self.beyond):
            return np.pad(part, self.beyond, mode="edge")
        return part

    def put_back(
        self, part: NDArray[np.bool_], shape: tuple[int, ...], *, repeat_edge: bool = False
    ) -> NDArray[np.bool_]:
        """Return an array of a shape that holds the part in the box and nothing elsewhere."""
        whole = np.zeros(shape, np.bool_)
        if repeat_edge:
            inner = tuple(
                slice(before, n - after)
                for (before, after), n in zip(self.beyond, part.shape, strict=True)
            )
            part = part[inner]
        whole[self.box] = part
        return whole
