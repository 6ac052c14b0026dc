"""Dilation and erosion of packed masks by shifts of whole words."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np

from medmask.morphology.element import Element
from medmask.morphology.packed import BITS, PackedMask, Words

CACHED_BYTES = 1 << 20  # what is worked on at a time, so that it stays in the processor's cache
MOST_SLICES = 16


class Line(NamedTuple):
    """One row of an element's slice: the columns from ``first`` to ``last`` of row ``row``."""

    row: int
    first: int
    last: int


Disc = tuple[Line, ...]


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
        for disc, slices in _discs(element).items():
            layer = spreads.joined(disc)
            for k in slices:
                _or_into(target.words[:, low:high], layer, start + k)
    return target.trimmed()


def eroded(mask: PackedMask, element: Element) -> PackedMask:
    """Return the voxels about which the element meets no background of the array.

    It is the inverse of dilating the background: what lies beyond the array counts as inside.
    """
    return dilated(mask.inverted(), element).inverted()


def _discs(element: Element) -> dict[Disc, list[int]]:
    """Return the element's different slices, each with the places where it stands."""
    slices = defaultdict(list)
    for k, j, first, last in element.runs:
        slices[k].append(Line(j, first, last))
    places = defaultdict(list)
    for k, lines in slices.items():
        places[tuple(lines)].append(k)
    return places


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
    """Some slices of a mask, spread along their rows and joined row to row.

    The slices lie end to end in one flat array, behind words that take up what is moved to the
    left of their very first row; what is moved beyond any other row's ends lies in spare bits. So
    nothing is lost between one move and the next, and moves are of whole arrays.
    """

    def __init__(self, words: Words, reach: int) -> None:
        self._shape = words.shape
        self._lead = -(-reach // BITS)
        flat = np.zeros(self._lead + words.size, np.uint64)
        self._by_run = {(0, 0): flat}
        self._shaped(flat)[...] = words

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
            return self._shaped(self._to_both_sides(last))
        if (first, last) not in self._by_run:
            half = (last - first) // 2
            source = self._to_both_sides(half)
            words = np.zeros_like(source)
            _or_moved(words, source, first + half)
            _or_moved(words, source, last - half)
            self._by_run[first, last] = words
        return self._shaped(self._by_run[first, last])

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
            _or_moved(words, source, reach - before)
            _or_moved(words, source, before - reach)
            self._by_run[-reach, reach] = words
        return self._by_run[-reach, reach]

    def _shaped(self, flat: Words) -> Words:
        return flat[self._lead :].reshape(self._shape)


def _or_moved(into: Words, words: Words, by: int) -> None:
    """Add flat words moved by a number of bits, positive to the right."""
    whole, bits = divmod(abs(by), BITS)
    size = words.size - whole
    up, carry = np.uint64(bits), np.uint64(BITS - bits)
    if by >= 0:
        into[whole:] |= words[:size] << up
        if bits:
            into[whole + 1 :] |= words[: size - 1] >> carry
    else:
        into[:size] |= words[whole:] >> up
        if bits:
            into[: size - 1] |= words[whole + 1 :] << carry
