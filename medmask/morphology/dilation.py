"""Dilation and erosion of packed masks by shifts of whole words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from medmask.morphology.element import Element, Line
from medmask.morphology.packed import BITS, PackedMask, Words
from medmask.morphology.shifts import or_moved

CACHED_WORDS = 1 << 17  # worked on at a time, so that they stay in the processor's cache
LEAST_WORDS = 1 << 14  # of one array: with less, calling NumPy takes longer than its work
MARGINS = 4  # rows of a piece for each row of its two margins, where there are so many

Span = tuple[int, int]


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
    a ball, or all slices of a box, have one in common; and of a slice that holds the one before,
    only the rows in which it is wider are looked at. It is done for some rows of some slices at a
    time, where these hold anything.
    """
    mask = mask.with_spare(element.reach[2])
    target = PackedMask.empty(mask.shape, mask.spare)
    brush = _Brush.of(element)
    for slices, rows in _pieces(mask, brush):
        piece = mask.words[slices, rows]
        for drawn, places in zip(_drawn(piece, brush), brush.places, strict=True):
            for k in places:
                _or_into(target.words, drawn, (slices.start + k, rows.start - brush.rows))
    return target.trimmed()


def eroded(mask: PackedMask, element: Element) -> PackedMask:
    """Return the voxels about which the element meets no background of the array.

    It is the inverse of dilating the background: what lies beyond the array counts as inside.
    """
    found = dilated(mask.inverted(), element)
    np.invert(found.words, out=found.words)
    return found.trimmed()


@dataclass(frozen=True)
class _Brush:
    """An element, ordered by the runs that it is drawn with.

    Attributes
    ----------
    places : list of list of int
        For each of its different slices, from the smallest on, where along the slices it stands.
    goes_on : list of bool
        Whether each of these holds the one before, and so is drawn only where it is wider.
    strokes : list of (span, list of (int, int))
        Runs, first and last column, from the shortest on; each with the slices and rows that it is
        in.
    rows, columns : int
        How far it extends.
    """

    places: list[list[int]]
    goes_on: list[bool]
    strokes: list[tuple[Span, list[Span]]]
    rows: int
    columns: int

    @classmethod
    def of(cls, element: Element) -> _Brush:
        """Order an element."""
        discs = sorted(element.discs.items(), key=lambda disc: sum(b - a for _, a, b in disc[0]))
        before: dict[int, Line] = {}
        strokes: dict[Span, list[Span]] = {}
        goes_on = []
        for number, (disc, _) in enumerate(discs):
            lines = {line.row: line for line in disc}
            goes_on.append(number > 0 and all(_holds(lines, line) for line in before.values()))
            for line in disc:
                if not (goes_on[-1] and before.get(line.row) == line):
                    strokes.setdefault((line.first, line.last), []).append((number, line.row))
            before = lines
        by_length = sorted(strokes.items(), key=lambda stroke: stroke[0][1] - stroke[0][0])
        _, rows, columns = element.reach
        return cls([places for _, places in discs], goes_on, by_length, rows, columns)


def _holds(lines: dict[int, Line], line: Line) -> bool:
    around = lines.get(line.row)
    return around is not None and around.first <= line.first and line.last <= around.last


def _pieces(mask: PackedMask, brush: _Brush) -> Iterator[tuple[slice, slice]]:
    """Yield slices and rows that hold something, as many as all that is made of them is cached."""
    slices, rows, words = mask.words.shape
    size = max(CACHED_WORDS // (len(brush.places) + 3), LEAST_WORDS)
    most = max(size // words - 2 * brush.rows, 2 * MARGINS * brush.rows, 1)
    count = max(size // ((min(most, rows) + 2 * brush.rows) * words), 1)
    for start in range(0, slices, count):
        some = slice(start, min(start + count, slices))
        filled = np.flatnonzero(np.bitwise_or.reduce(mask.words[some], axis=0).any(axis=1))
        if filled.size:
            low, high = int(filled[0]), int(filled[-1]) + 1
            for row in range(low, high, most):
                yield some, slice(row, min(row + most, high))


def _drawn(piece: Words, brush: _Brush) -> Iterator[Words]:
    """Yield what each slice of a brush makes of some rows, with a margin of its rows about them.

    The slices lie end to end, their margins between them, so that a step to another row is one to
    another place of a flat array. What is moved to the left of the first row lands before it.
    """
    count, rows, words = piece.shape
    shape = (count, rows + 2 * brush.rows, words)
    lead = -(-brush.columns // BITS)
    spread = np.zeros(lead + int(np.prod(shape)), np.uint64)
    spread[lead:].reshape(shape)[:, brush.rows : brush.rows + rows] = piece
    drawn = np.zeros((len(brush.places), spread.size), np.uint64)
    reach = 0
    for (first, last), lines in brush.strokes:
        half = (last - first) // 2
        spread, reach = _spread(spread, reach, half), half
        source = spread if first == -last else _beside(spread, first + half, last - half)
        for number, row in lines:
            by = row * words
            into = drawn[number]
            if by >= 0:
                into = into[by:]
                into |= source[: source.size - by]
            else:
                into = into[:by]
                into |= source[-by:]
    for number, goes_on in enumerate(brush.goes_on):
        if goes_on:
            drawn[number] |= drawn[number - 1]
        yield drawn[number, lead:].reshape(shape)


def _spread(words: Words, before: int, reach: int) -> Words:
    """Spread flat words, which reach so many columns to both sides already, farther.

    What reaches n to both sides, moved by d either way and left as it is as well, reaches
    n + d without a gap for d up to 2 n + 1.
    """
    while before < reach:
        by = min(reach - before, 2 * before + 1)
        wider = words.copy()
        or_moved(wider, words, by)
        or_moved(wider, words, -by)
        words, before = wider, before + by
    return words


def _beside(words: Words, first: int, last: int) -> Words:
    """Return the union of flat words moved by two numbers of columns."""
    moved = np.zeros_like(words)
    or_moved(moved, words, first)
    or_moved(moved, words, last)
    return moved


def _or_into(target: Words, source: Words, start: Span) -> None:
    """Add slices and rows to the target from a slice and row on; what falls off is lost."""
    at, of = [], []
    for first, size, most in zip(start, source.shape, target.shape, strict=False):
        low, high = max(first, 0), min(first + size, most)
        if low >= high:
            return
        at.append(slice(low, high))
        of.append(slice(low - first, high - first))
    into = target[tuple(at)]
    into |= source[tuple(of)]
