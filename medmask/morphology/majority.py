"""Which voxels have more of the mask than of the background about them."""

from __future__ import annotations

import numpy as np

from medmask.morphology.element import Disc, Element
from medmask.morphology.packed import PackedMask, Words
from medmask.morphology.shifts import flattened, or_moved, shaped

LEAST_SLICES = 8

View = tuple[slice, ...]


def majority(mask: PackedMask, element: Element) -> PackedMask:
    """Return the voxels about which the mask holds more than half of the element.

    Parameters
    ----------
    mask : PackedMask
        Beyond the array there is none.
    element : Element

    Notes
    -----
    The voxels are counted 64 at a time: a number is kept as one word for each of its binary
    digits, and added as a circuit would add it.
    """
    reach = element.reach
    mask = mask.with_spare(reach[2])
    target = PackedMask.empty(mask.shape, mask.spare)
    step = max(LEAST_SLICES, 2 * reach[0])
    for start in range(0, len(mask.words), step):
        low = max(start - reach[0], 0)
        source = mask.words[low : start + step + reach[0]]
        if source.any():
            total = _counted(source, element, (start - low, target.words[start : start + step]))
            target.words[start : start + step] = total.more_than(element.size // 2)
    return target.trimmed()


class _Count:
    """Numbers of voxels, one word for each binary digit of 64 of them."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.digits: list[Words] = []
        self._most = 0

    def add(self, digits: list[Words], most: int, where: View = ()) -> None:
        """Add other numbers, of at most ``most``, to some slices and rows of these."""
        self._most += most
        while len(self.digits) < self._most.bit_length():
            self.digits.append(np.zeros(self.shape, np.uint64))
        carry: Words | None = None
        for place, mine in enumerate(self.digits):
            if place >= len(digits) and carry is None:
                return
            here = mine[where]
            if place >= len(digits):
                assert carry is not None
                here ^= carry  # what was 1 here and is 0 now is carried on
                carry &= ~here
                continue
            both = here & digits[place]
            here ^= digits[place]
            if carry is not None:
                both |= here & carry
                here ^= carry
            carry = both

    def more_than(self, least: int) -> Words:
        """Tell which numbers are greater than one, by the highest digit in which they differ."""
        more = np.zeros(self.shape, np.uint64)
        if least >> len(self.digits):
            return more
        same = ~more
        for place in reversed(range(len(self.digits))):
            if least >> place & 1:
                same &= self.digits[place]
            else:
                more |= same & self.digits[place]
                same &= ~self.digits[place]
        return more


def _counted(source: Words, element: Element, wanted: tuple[int, Words]) -> _Count:
    """Count the mask's voxels within the element about those of some slices of the source."""
    first, like = wanted
    total, rows = _Count(like.shape), _RowCounts(source, element.reach[2])
    for disc, places in element.discs.items():
        layer, size = rows.added(disc), sum(line.last - line.first + 1 for line in disc)
        for k in places:  # what stands k slices below is counted here
            low, high = max(k - first, 0), min(len(source) + k - first, len(like))
            if low < high:
                span = slice(low + first - k, high + first - k)
                total.add([digit[span] for digit in layer], size, (slice(low, high),))
    return total


class _RowCounts:
    """How many voxels of the mask lie in runs along its rows."""

    def __init__(self, words: Words, reach: int) -> None:
        self._shape = words.shape
        self._flat = flattened(words, reach)
        self._by_run: dict[tuple[int, int], _Count] = {}

    def added(self, disc: Disc) -> list[Words]:
        """Return the digits of what is counted in all lines of a disc."""
        total, rows = _Count(self._shape), self._shape[1]
        for j, first, last in disc:
            if abs(j) < rows:
                down, up = slice(max(j, 0), rows + min(j, 0)), slice(max(-j, 0), rows - max(j, 0))
                digits = [shaped(digit, self._shape)[:, up] for digit in self._run(first, last)]
                total.add(digits, last - first + 1, (slice(None), down))
        return total.digits

    def _run(self, first: int, last: int) -> list[Words]:
        """Return the digits of a run, made from the longest run inside it that is known."""
        if (first, last) not in self._by_run:
            known = [(low, high) for low, high in self._by_run if first <= low <= high <= last]
            low, high = max(known, key=lambda run: run[1] - run[0], default=(first, first - 1))
            count = _Count(self._flat.shape)
            if known:
                count.add(self._by_run[low, high].digits, high - low + 1)
            for by in (*range(first, low), *range(high + 1, last + 1)):
                moved = np.zeros_like(self._flat)
                or_moved(moved, self._flat, by)
                count.add([moved], 1)
            self._by_run[first, last] = count
        return self._by_run[first, last].digits
