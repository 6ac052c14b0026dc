"""The part of an array that a mask can touch, so that no work is done on bare background."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from medmask.morphology.packed import BITS, PackedMask, Words

Margins = tuple[int, int, int]
Ends = tuple[int, int]


@dataclass(frozen=True)
class Window:
    """A box of an array, along the columns from a word's first to another one's last.

    Attributes
    ----------
    slices, rows, columns : slice
        Within the array.
    beyond : tuple of (int, int)
        For each axis by how many voxels the margin asked for reaches beyond the array's two ends.
    """

    slices: slice
    rows: slice
    columns: slice
    beyond: tuple[Ends, Ends, Ends]

    @classmethod
    def about(cls, mask: PackedMask, margins: Margins) -> Window | None:
        """Return a box that holds a mask and a margin about it, ``None`` for an empty mask.

        Parameters
        ----------
        mask : PackedMask
        margins : tuple of int
            Voxels to add on either side along (slice, row, column), at least.
        """
        extent = _extent(mask)
        if extent is None:
            return None
        spans = [
            (low - margin, high + margin)
            for (low, high), margin in zip(extent, margins, strict=True)
        ]
        ends = list(zip(spans, mask.shape, strict=True))
        k, j, i = (slice(max(low, 0), min(high, n)) for (low, high), n in ends)
        at_k, at_j, at_i = ((max(-low, 0), max(high - n, 0)) for (low, high), n in ends)
        whole_words = slice(i.start // BITS * BITS, min(-(-i.stop // BITS) * BITS, mask.columns))
        return cls(k, j, whole_words, (at_k, at_j, at_i))

    def cut(self, mask: PackedMask, *, repeat_edge: bool = False) -> PackedMask:
        """Return a copy of the box' part of a mask.

        Parameters
        ----------
        mask : PackedMask
        repeat_edge : bool
            Whether to go on beyond the array with the voxels at its edge, as far as the margin
            reaches, or farther.
        """
        at_k, at_j, at_i = self.beyond if repeat_edge else ((0, 0), (0, 0), (0, 0))
        first = self.columns.start // BITS
        columns = self.columns.stop - self.columns.start
        words = mask.words[self.slices, self.rows, first : first + -(-columns // BITS)]
        slices, rows = len(words) + sum(at_k), words.shape[1] + sum(at_j)
        before = -(-at_i[0] // BITS)
        part = PackedMask.empty((slices, rows, before * BITS + columns + at_i[1]))
        inner = part.words[at_k[0] : slices - at_k[1], at_j[0] : rows - at_j[1]]
        inner[..., before : before + words.shape[-1]] = words
        if before:
            inner[..., :before] = _all_or_none(words[..., 0], 0)[..., np.newaxis]
        if at_i[1]:
            _fill_from(inner, before * BITS + columns)
        _repeat_ends(part.words[at_k[0] : slices - at_k[1]].swapaxes(0, 1), at_j)
        _repeat_ends(part.words, at_k)
        return part.trimmed()

    def put_back(
        self, part: PackedMask, into: tuple[int, int, int], *, repeat_edge: bool = False
    ) -> PackedMask:
        """Return a mask of a shape that holds the part in the box and nothing elsewhere."""
        at_k, at_j, at_i = self.beyond if repeat_edge else ((0, 0), (0, 0), (0, 0))
        whole = PackedMask.empty(into)
        before, first = -(-at_i[0] // BITS), self.columns.start // BITS
        count = -(-(self.columns.stop - self.columns.start) // BITS)
        inner = part.words[
            at_k[0] : part.words.shape[0] - at_k[1],
            at_j[0] : part.words.shape[1] - at_j[1],
            before : before + count,
        ]
        whole.words[self.slices, self.rows, first : first + count] = inner
        return whole.trimmed()


def within_extent(mask: PackedMask, other: PackedMask) -> PackedMask:
    """Clear, in place, what lies beyond the smallest box about another mask of that shape."""
    extent = _extent(other)
    if extent is None:
        mask.words[...] = 0
        return mask
    (above, below), (front, behind), (left, right) = extent
    mask.words[:above] = mask.words[below:] = 0
    mask.words[:, :front] = mask.words[:, behind:] = 0
    line = np.zeros((1, 1, mask.columns), np.bool_)
    line[..., left:right] = True
    mask.words[...] &= PackedMask.of(line).with_spare(mask.spare).words
    return mask


def _extent(mask: PackedMask) -> tuple[Ends, Ends, Ends] | None:
    """Return for each axis the first index of a mask and the one behind its last."""
    flat = np.bitwise_or.reduce(mask.words, axis=1)
    line = np.bitwise_or.reduce(flat, axis=0)
    found = (
        np.flatnonzero(flat.any(axis=1)),
        np.flatnonzero(np.bitwise_or.reduce(mask.words, axis=0).any(axis=1)),
        np.flatnonzero(np.unpackbits(line.view(np.uint8), count=mask.columns, bitorder="little")),
    )
    if found[0].size == 0:
        return None
    slices, rows, columns = ((int(at[0]), int(at[-1]) + 1) for at in found)
    return slices, rows, columns


def _repeat_ends(words: Words, count: Ends) -> None:
    """Fill, in place, so many places at the two ends of the first axis with what is next."""
    before, after = count
    words[:before] = words[before]
    words[len(words) - after :] = words[len(words) - after - 1]


def _all_or_none(words: Words, bit: int) -> Words:
    """Return words full of what one bit of each is."""
    one = np.uint64(1)
    spread: Words = np.uint64(0) - ((words >> np.uint64(bit)) & one)
    return spread


def _fill_from(words: Words, column: int) -> None:
    """Repeat, in place, the voxel before a column from there to the end of each row."""
    last, bit = divmod(column - 1, BITS)
    fill = _all_or_none(words[..., last], bit)
    words[..., last] |= fill & np.uint64(((1 << BITS) - 1) & ~((2 << bit) - 1))
    words[..., last + 1 :] = fill[..., np.newaxis]
