"""Masks with 64 voxels to a word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

BITS = 64
SPARE = 16  # bits kept free behind each row, so that voxels moved by so many meet no other row
CACHED_VOXELS = 1 << 18  # packed or unpacked at a time, so that they stay in the cache

Words = NDArray[np.uint64]
Box = tuple[slice, slice, slice]


@dataclass(frozen=True, eq=False)
class PackedMask:
    """A mask of which one word holds 64 neighbouring columns, the first in its lowest bit.

    Attributes
    ----------
    words : ndarray of uint64, shape (slices, rows, words)
        Contiguous. Bits beyond the last column are 0, and there are some in every row.
    columns : int
        How many columns there are.
    """

    words: Words
    columns: int

    @classmethod
    def empty(cls, shape: tuple[int, int, int], spare: int = SPARE) -> Self:
        """Return the mask of nothing.

        Parameters
        ----------
        shape : tuple of int
            Of the array, (slices, rows, columns).
        spare : int
            Bits to keep free behind each row, at least.
        """
        return cls(np.zeros((*shape[:2], -(-(shape[2] + spare) // BITS)), "<u8"), shape[2])

    @classmethod
    def of(cls, mask: NDArray[np.bool_]) -> Self:
        """Pack a mask of shape (slices, rows, columns)."""
        shape = (mask.shape[0], mask.shape[1], mask.shape[2])
        step = _slices_in_cache(shape)
        return cls.of_slabs((mask[k : k + step] for k in range(0, len(mask), step)), shape)

    @classmethod
    def of_slabs(cls, slabs: Iterable[NDArray[np.bool_]], shape: tuple[int, int, int]) -> Self:
        """Pack a mask that is made a few slices at a time, and is never there as a whole.

        Parameters
        ----------
        slabs : iterable of ndarray of bool, shape (some slices, rows, columns)
            From the first slice to the last.
        shape : tuple of int
            Of the whole mask.
        """
        packed = cls.empty(shape)
        octets, done = packed.words.view(np.uint8), 0
        for slab in slabs:
            bits = np.packbits(slab, axis=-1, bitorder="little")
            octets[done : done + len(slab), :, : bits.shape[-1]] = bits
            done += len(slab)
        return packed

    def unpacked(self) -> NDArray[np.bool_]:
        """Return the mask, shape (slices, rows, columns)."""
        mask, done = np.empty(self.shape, np.bool_), 0
        for slab in self.slabs():
            mask[done : done + len(slab)] = slab
            done += len(slab)
        return mask

    def slabs(self) -> Iterator[NDArray[np.bool_]]:
        """Yield the mask a few slices at a time, each of shape (some slices, rows, columns)."""
        octets = self.words.view(np.uint8)
        step = _slices_in_cache(self.shape)
        for start in range(0, len(octets), step):
            some = octets[start : start + step]
            bits = np.unpackbits(some, axis=-1, count=self.columns, bitorder="little")
            yield bits.view(np.bool_)

    def part(self, rows: tuple[slice, slice]) -> PackedMask:
        """Return some rows of some slices, without a copy."""
        return PackedMask(self.words[rows], self.columns)

    def moved(self, axis: int, to: int) -> PackedMask:
        """Return the mask with one of its axes in another place, as `numpy.moveaxis` does."""
        if axis == to:
            return self
        if not self.any():
            shape = [n for other, n in enumerate(self.shape) if other != axis]
            shape.insert(to, self.shape[axis])
            return PackedMask.empty((shape[0], shape[1], shape[2]))
        return PackedMask.of(np.moveaxis(self.unpacked(), axis, to))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels along (slice, row, column)."""
        slices, rows, _ = self.words.shape
        return slices, rows, self.columns

    @property
    def spare(self) -> int:
        """Bits beyond the last column."""
        return int(self.words.shape[2]) * BITS - self.columns

    def count(self) -> int:
        """Return the number of voxels in the mask."""
        return sum(int(np.bitwise_count(one).sum(dtype=np.int64)) for one in self.words)

    def any(self) -> bool:
        """Tell whether there is any voxel in the mask."""
        return bool(self.words.any())

    def __and__(self, other: PackedMask) -> PackedMask:
        """Return what both masks have in common."""
        return PackedMask(self.words & other.words, self.columns)

    def __or__(self, other: PackedMask) -> PackedMask:
        """Return what either mask has."""
        return PackedMask(self.words | other.words, self.columns)

    def without(self, other: PackedMask) -> PackedMask:
        """Return what the other mask does not have."""
        return PackedMask(self.words & ~other.words, self.columns)

    def inverted(self) -> PackedMask:
        """Return the background; beyond the array there is none."""
        return PackedMask(~self.words, self.columns).trimmed()

    def trimmed(self) -> PackedMask:
        """Clear, in place, the bits beyond the last column."""
        full, left = divmod(self.columns, BITS)
        self.words[..., full] &= np.uint64((1 << left) - 1)
        self.words[..., full + 1 :] = 0
        return self

    def with_spare(self, bits: int) -> PackedMask:
        """Return a mask of the same voxels with at least so many bits free behind each row."""
        if self.spare >= bits:
            return self
        wider = PackedMask.empty(self.shape, bits)
        wider.words[..., : self.words.shape[-1]] = self.words
        return wider


def _slices_in_cache(shape: tuple[int, int, int]) -> int:
    return max(CACHED_VOXELS // (shape[1] * shape[2]), 1)
