"""Masks with 64 voxels to a word, dilated and eroded by shifts of whole words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medmask.morphology.element import Element

BLOCK = 16  # slices worked on at a time, so that source and target stay in the processor's cache
BITS = 64

Words = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class PackedMask:
    """A mask of which one word holds 64 neighbouring columns, the first in its lowest bit.

    Attributes
    ----------
    words : ndarray of uint64, shape (slices, rows, words)
        Bits beyond the last column are 0.
    columns : int
        How many columns there are.
    """

    words: Words
    columns: int

    @classmethod
    def of(cls, mask: NDArray[np.bool_]) -> PackedMask:
        """Pack a mask of shape (slices, rows, columns)."""
        slices, rows, columns = mask.shape
        octets = np.zeros((slices, rows, -(-columns // BITS) * 8), np.uint8)
        octets[..., : -(-columns // 8)] = np.packbits(mask, axis=-1, bitorder="little")
        return cls(octets.view("<u8"), columns)

    def unpacked(self) -> NDArray[np.bool_]:
        """Return the mask, shape (slices, rows, columns)."""
        octets = self.words.view(np.uint8)
        bits = np.unpackbits(octets, axis=-1, count=self.columns, bitorder="little")
        return bits.view(np.bool_)

    def inverted(self) -> PackedMask:
        """Return the background; beyond the array there is none."""
        return PackedMask(~self.words & self._columns_mask(), self.columns)

    def dilated(self, element: Element) -> PackedMask:
        """Return all voxels within the element about any voxel of the mask."""
        lines = defaultdict(list)
        for k, j, first, last in element.runs:
            lines[first, last].append((k, j))
        target = np.zeros_like(self.words)
        for start in range(0, len(self.words), BLOCK):
            source = self.words[start : start + BLOCK]
            if not source.any():
                continue
            for (first, last), offsets in lines.items():
                spread = _spread(source, first, last)
                for k, j in offsets:
                    _or_into(target, spread, start + k, j)
        target &= self._columns_mask()
        return PackedMask(target, self.columns)

    def eroded(self, element: Element) -> PackedMask:
        """Return the voxels about which the element meets no background of the array.

        It is the inverse of dilating the background: what lies beyond the array counts as inside.
        """
        return self.inverted().dilated(element).inverted()

    def _columns_mask(self) -> Words:
        """Return one row of words whose bits are the columns that exist."""
        row = np.full(self.words.shape[-1], ~np.uint64(0), "<u8")
        spare = self.words.shape[-1] * BITS - self.columns
        row[-1] >>= np.uint64(spare)
        return row


def _or_into(target: Words, source: Words, k: int, j: int) -> None:
    """Add slices to the target from slice k on, moved by j rows; what falls off is lost."""
    low, high = max(k, 0), min(k + len(source), len(target))
    rows = target.shape[1]
    if low >= high or abs(j) >= rows:
        return
    into = target[low:high, max(j, 0) : rows + min(j, 0)]
    into |= source[low - k : high - k, max(-j, 0) : rows - max(j, 0)]


def _spread(words: Words, first: int, last: int) -> Words:
    """Return the union of the words moved by every number of columns from first to last.

    The two directions are spread apart, as what was moved off one end would be missing when it
    is moved back.
    """
    if first > 0:
        return _smeared(_moved(words, first), last - first, 1)
    if last < 0:
        return _smeared(_moved(words, last), last - first, -1)
    if first == last:
        return words
    return _smeared(words, last, 1) | _smeared(words, -first, -1)


def _smeared(words: Words, by: int, direction: int) -> Words:
    """Return the union of the words moved by 0 to ``by`` columns, doubling what is there."""
    done = 0
    while done < by:
        step = min(done + 1, by - done)
        words = words | _moved(words, direction * step)
        done += step
    return words


def _moved(words: Words, by: int) -> Words:
    """Return the words with each voxel moved by a number of columns, positive to the right."""
    whole, bits = divmod(abs(by), BITS)
    moved = np.zeros_like(words)
    if whole >= words.shape[-1]:
        return moved
    up, carry = np.uint64(bits), np.uint64(BITS - bits)
    size = words.shape[-1] - whole
    if by >= 0:
        moved[..., whole:] = words[..., :size] << up
        if bits:
            moved[..., whole + 1 :] |= words[..., : size - 1] >> carry
    else:
        moved[..., :size] = words[..., whole:] >> up
        if bits:
            moved[..., : size - 1] |= words[..., whole + 1 :] << carry
    return moved
