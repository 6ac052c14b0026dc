"""Which voxels have more of the mask than of the background about them."""

from __future__ import annotations

import numpy as np

from medmask.morphology.element import Disc, Element
from medmask.morphology.packed import BITS, PackedMask, Words
from medmask.morphology.shifts import or_moved

CACHED_WORDS = 1 << 17  # of all that is counted with at a time, so that it stays in the cache
LEAST_WORDS = 1 << 13  # of one array: with less, calling NumPy takes longer than its work
COUNTED_WORDS = 1 << 19  # of the counts that are kept until their rows are done
MARGINS = 4  # rows done at a time for each row of their two margins, at least

Span = tuple[int, int]
ALL = slice(None)


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
    digits, and added as a circuit would add it. Runs along a row are counted once, joined to
    what each different slice of the element holds, and that to every slice it is for.
    """
    mask = mask.with_spare(element.reach[2])
    target = PackedMask.empty(mask.shape, mask.spare)
    rows, margin = mask.shape[1], element.reach[1]
    digits = len(mask.words) * element.size.bit_length() + _digits_of_runs(element)
    step = COUNTED_WORDS // (digits * mask.words.shape[2]) - 2 * margin
    step = max(step, 2 * MARGINS * margin, 1)
    for low in range(0, rows, step):
        high = min(low + step, rows)
        source = _with_margins(mask.words, (low, high), margin)
        if source.any():
            total = _counted(source, element)
            target.words[:, low:high] = total.more_than(element.size // 2)
    return target.trimmed()


class _Count:
    """Numbers of voxels, one word for each binary digit of 64 of them.

    Parameters
    ----------
    shape : tuple of int
    most : int
        How large any of the numbers may be already.
    """

    def __init__(self, shape: tuple[int, ...], most: int = 0) -> None:
        self.shape = shape
        self.digits = [np.zeros(shape, np.uint64) for _ in range(most.bit_length())]
        self._most, self._limit = most, most or None

    def add(self, digits: list[Words], most: int, where: slice = ALL) -> None:
        """Add other numbers, of at most ``most``, to some of these along the first axis."""
        self._most = self._limit or self._most + most
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


def _with_margins(words: Words, rows: Span, margin: int) -> Words:
    """Return a copy of some rows and of those about them; beyond the array there is nothing."""
    low, high = max(rows[0] - margin, 0), min(rows[1] + margin, words.shape[1])
    around = np.zeros((len(words), rows[1] - rows[0] + 2 * margin, words.shape[2]), np.uint64)
    start = low - rows[0] + margin
    around[:, start : start + high - low] = words[:, low:high]
    return around


def _counted(source: Words, element: Element) -> _Count:
    """Count the mask's voxels within the element about those of rows that have margins."""
    slices, rows, words = source.shape
    margin = element.reach[1]
    total = _Count((slices, rows - 2 * margin, words), element.size)
    size = max(CACHED_WORDS // _digits_of_runs(element), LEAST_WORDS)
    step = max(size // (rows * words), 1)
    for start in range(0, slices, step):
        some = source[start : start + step]
        if some.any():
            counts = _RunCounts(some, element)
            for disc, places in element.discs.items():
                size = sum(line.last - line.first + 1 for line in disc)
                layer = [digit[:, margin : rows - margin] for digit in counts.added(disc)]
                for k in places:
                    low, high = max(start + k, 0), min(start + k + len(some), slices)
                    if low < high:
                        span = slice(low - start - k, high - start - k)
                        total.add([digit[span] for digit in layer], size, slice(low, high))
    return total


def _different_runs(element: Element) -> list[Span]:
    """Return the columns of the element's runs, the shortest first."""
    runs = {(first, last) for _, _, first, last in element.runs}
    return sorted(runs, key=lambda run: run[1] - run[0])


def _digits_of_runs(element: Element) -> int:
    """Return how many binary digits the counts of all different runs have."""
    return sum((last - first + 1).bit_length() for first, last in _different_runs(element))


class _RunCounts:
    """How many voxels of some slices of a mask lie in runs along its rows.

    The rows lie end to end, so that a step to another row is one to another place of a flat
    array; what it brings into their margins does not matter. What is moved to the left of the
    first row lands before it.
    """

    def __init__(self, words: Words, element: Element) -> None:
        self._shape = words.shape
        self._lead = -(-element.reach[2] // BITS)
        self._flat = np.zeros(self._lead + words.size, np.uint64)
        self._flat[self._lead :] = words.ravel()
        self._by_run: dict[Span, list[Words]] = {}
        for first, last in _different_runs(element):
            self._by_run[first, last] = self._counted(first, last)

    def added(self, disc: Disc) -> list[Words]:
        """Return the digits of what is counted in all lines of a disc, of the slices' shape."""
        total, words = _Count(self._flat.shape), self._shape[2]
        for j, first, last in disc:
            by = j * words
            size = self._flat.size - abs(by)
            down, up = (slice(max(n, 0), max(n, 0) + size) for n in (by, -by))
            digits = [digit[up] for digit in self._by_run[first, last]]
            total.add(digits, last - first + 1, down)
        return [digit[self._lead :].reshape(self._shape) for digit in total.digits]

    def _counted(self, first: int, last: int) -> list[Words]:
        """Return the digits of a run, made from the longest run inside it that is known."""
        known = [(low, high) for low, high in self._by_run if first <= low <= high <= last]
        low, high = max(known, key=lambda run: run[1] - run[0], default=(first, first - 1))
        count = _Count(self._flat.shape)
        if known:
            count.add(self._by_run[low, high], high - low + 1)
        for by in (*range(first, low), *range(high + 1, last + 1)):
            moved = np.zeros_like(self._flat)
            or_moved(moved, self._flat, by)
            count.add([moved], 1)
        return count.digits
