"""Dilation and erosion of packed masks by shifts of whole words."""

from __future__ import annotations

import numpy as np

from medmask.morphology.element import Disc, Element
from medmask.morphology.packed import PackedMask, Words
from medmask.morphology.shifts import flattened, or_moved, shaped

CACHED_BYTES = 1 << 20  # what is worked on at a time, so that it stays in the processor's cache
MOST_SLICES = 16


def dilated(mask: PackedMask, element: Element) -> PackedMask:
    """Return all voxels within the element about any voxel of the mask.

    Parameters
    ----------
    mask : PackedMask
    element : Element

    Notes
    -----
    Along a row the mask is spread by shifts of its words. The spread rows are joined to what one
    slice of the element makes of the mask, and that to every slice it is for: the two sides of
    a ball, or all slices of a box, have one in common. It is done for some slices at a time, and
    in these for the rows that hold anything.
    """
    reach_j, reach_i = element.reach[1:]
    mask = mask.with_spare(reach_i)
    target = PackedMask.empty(mask.shape, mask.spare)
    for start, count in _blocks(mask, element):
        block = mask.words[start : start + count]
        rows = np.flatnonzero(np.bitwise_or.reduce(block, axis=0).any(axis=1))
        if rows.size == 0:
            continue
        low = max(int(rows[0]) - reach_j, 0)
        high = min(int(rows[-1]) + 1 + reach_j, mask.shape[1])
        spreads = _Spreads(block[:, low:high], reach_i)
        for disc, slices in element.discs.items():
            layer = spreads.joined(disc)
            for k in slices:
                _or_into(target.words[:, low:high], layer, start + k)
    return target.trimmed()


def eroded(mask: PackedMask, element: Element) -> PackedMask:
    """Return the voxels about which the element meets no background of the array.

    It is the inverse of dilating the background: what lies beyond the array counts as inside.
    """
    return dilated(mask.inverted(), element).inverted()


def _blocks(mask: PackedMask, element: Element) -> list[tuple[int, int]]:
    """Return where to begin, and how many slices to take, so that all spreads stay in cache."""
    widths = len({(first, last) for _, _, first, last in element.runs})
    count = CACHED_BYTES // (mask.words[0].nbytes * (widths + 2))
    count = min(max(count, 1), MOST_SLICES)
    return [(start, count) for start in range(0, len(mask.words), count)]


def _or_into(target: Words, source: Words, k: int) -> None:
    """Add slices to the target from slice k on; what falls off is lost."""
    low, high = max(k, 0), min(k + len(source), len(target))
    if low < high:
        into = target[low:high]
        into |= source[low - k : high - k]


class _Spreads:
    """Some slices of a mask, spread along their rows and joined row to row."""

    def __init__(self, words: Words, reach: int) -> None:
        self._shape = words.shape
        self._by_run = {(0, 0): flattened(words, reach)}

    def joined(self, disc: Disc) -> Words:
        """Return the union of the rows moved and spread as each line of a disc says."""
        centre = next((line for line in disc if line.row == 0), None)
        joined = np.zeros(self._shape, np.uint64)
        if centre is not None:
            joined[...] = self._spread(centre.first, centre.last)
        rows = self._shape[1]
        for line in disc:
            spread, j = self._spread(line.first, line.last), line.row
            if line is not centre and abs(j) < rows:
                into = joined[:, max(j, 0) : rows + min(j, 0)]
                into |= spread[:, max(-j, 0) : rows - max(j, 0)]
        return joined

    def _spread(self, first: int, last: int) -> Words:
        """Return the union of the words moved by every number of columns from first to last."""
        if first == -last:
            return shaped(self._to_both_sides(last), self._shape)
        if (first, last) not in self._by_run:
            half = (last - first) // 2
            source = self._to_both_sides(half)
            words = np.zeros_like(source)
            or_moved(words, source, first + half)
            or_moved(words, source, last - half)
            self._by_run[first, last] = words
        return shaped(self._by_run[first, last], self._shape)

    def _to_both_sides(self, reach: int) -> Words:
        """Spread by what is there already.

        What reaches n to both sides, moved by d either way and left as it is as well, reaches
        n + d without a gap for d up to 2 n + 1.
        """
        if (-reach, reach) not in self._by_run:
            there = max(n for m, n in self._by_run if m == -n and n < reach)
            before = there if reach <= 3 * there + 1 else (reach + 1) // 3
            source = self._to_both_sides(before)
            words = source.copy()
            or_moved(words, source, reach - before)
            or_moved(words, source, before - reach)
            self._by_run[-reach, reach] = words
        return self._by_run[-reach, reach]
