"""A mask as runs of neighbouring voxels along its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from medmask.morphology.packed import BITS, PackedMask, Words

SLAB = 1 << 15  # words searched for ends of runs at a time
CUT = 1 << 16  # runs looked at together where there can be as many as a quarter of the voxels

Positions = NDArray[np.signedinteger[Any]]  # int32 where that will do
Kind = TypeVar("Kind", bound=np.generic)

ALL = slice(None)

_UP_TO = ~np.uint64(0) >> np.arange(63, -1, -1, dtype=np.uint64)  # bits 0 to n


def cuts(size: int) -> Iterator[slice]:
    """Yield all places of an array, some at a time."""
    return (slice(start, min(start + CUT, size)) for start in range(0, size, CUT))


def taken(values: NDArray[Kind], places: Positions) -> NDArray[Kind]:
    """Return the values at some places, without all places as int64 at once as NumPy has them."""
    found = np.empty(places.size, values.dtype)
    for some in cuts(places.size):
        found[some] = values[places[some]]
    return found


class BitCount:
    """Words laid end to end, with how many bits are 1 up to any place.

    Attributes
    ----------
    words : ndarray of uint64, shape (words,)
    """

    def __init__(self, words: Words) -> None:
        self.words = words
        count = np.bitwise_count(words)
        self._before = np.cumsum(count, dtype=np.int64) - count

    def up_to(self, places: Positions) -> Positions:
        """Return how many bits are 1 up to and at each place; before the first there are none."""
        word = places >> 6
        here = np.bitwise_count(self.words[word] & _UP_TO[places & 63])
        return np.where(places < 0, 0, self._before[word] + here)


class Link(NamedTuple):
    """Which runs hang together: those ``slices`` and ``rows`` apart, ``gap`` columns aside."""

    slices: int
    rows: int
    gap: int


@dataclass(frozen=True, eq=False)
class Runs:
    """The runs of a mask, in the order of its voxels.

    Attributes
    ----------
    starts, stops : ndarray of int32 or int64, shape (runs,)
        The first voxel of each and the one behind its last, as bits of the words laid end to end,
        with an empty row behind each slice and an empty slice behind all: so a step to a
        neighbouring row never ends in another slice.
    shape : tuple of int
        Of the mask.
    ends : BitCount
        Bits that differ from the one before: where runs start and where they stop.
    """

    starts: Positions
    stops: Positions
    shape: tuple[int, int, int]
    ends: BitCount

    @classmethod
    def of(cls, mask: PackedMask) -> Runs:
        """Find the runs of a mask."""
        ends = _changes(_end_to_end(mask))
        found = _set_bits(ends)
        return cls(found[::2], found[1::2], mask.shape, BitCount(ends))

    def lengths(self, some: slice = ALL) -> Positions:
        """Return the voxels of some runs."""
        return self.stops[some] - self.starts[some]

    def cuts(self) -> Iterator[slice]:
        """Yield all runs, some at a time, so that what is made of them takes little memory."""
        return cuts(self.starts.size)

    def at(self, some: slice = ALL) -> tuple[Positions, Positions, Positions]:
        """Return the slice, row and first column of some runs."""
        lines, columns = np.divmod(self.starts[some], self._pitch)
        slices, rows = np.divmod(lines, self.shape[1] + 1)
        return slices, rows, columns

    def linked(self, link: Link, some: slice = ALL) -> tuple[Positions, Positions]:
        """Return all pairs of runs that a link joins, as their numbers: some here, and there."""
        away = (link.slices * (self.shape[1] + 1) + link.rows) * self._pitch
        # There, the runs that stop behind the first voxel here and start before its last.
        first = self.ends.up_to(self.starts[some] + (away - link.gap)) >> 1
        beyond = (self.ends.up_to(self.stops[some] + (away + link.gap - 1)) + 1) >> 1
        count = beyond - first
        numbers = range(self.starts.size)[some]
        here = np.repeat(np.arange(numbers.start, numbers.stop, dtype=self.starts.dtype), count)
        since = np.cumsum(count) - count
        there = np.arange(here.size, dtype=here.dtype)
        there += np.repeat((first - since).astype(here.dtype), count)
        return here, there

    def holding(self, mask: PackedMask) -> NDArray[np.bool_]:
        """Tell which runs hold a voxel of another mask of the same shape, shape (runs,)."""
        others = BitCount(_end_to_end(mask, self._pitch))
        found = np.empty(self.starts.size, np.bool_)
        for some in self.cuts():
            before = others.up_to(self.starts[some] - 1)
            found[some] = others.up_to(self.stops[some] - 1) > before
        return found

    def painted(self, chosen: NDArray[np.bool_]) -> PackedMask:
        """Return the mask of some runs.

        Parameters
        ----------
        chosen : ndarray of bool, shape (runs,)
        """
        words = np.zeros(self.ends.words.size, np.uint64)
        for some in self.cuts():
            here = chosen[some]
            if here.any():
                ends = np.stack([self.starts[some][here], self.stops[some][here]], axis=-1).ravel()
                at, bits = ends >> 6, np.uint64(1) << (ends & 63).astype(np.uint64)
                groups = np.flatnonzero(np.diff(at, prepend=-1))
                words[at[groups]] |= np.bitwise_or.reduceat(bits, groups)
        _fill_between(words)
        slices, rows, columns = self.shape
        padded = words.reshape(slices + 1, rows + 1, -1)
        return PackedMask(np.ascontiguousarray(padded[:slices, :rows]), columns)

    @property
    def _pitch(self) -> int:
        slices, rows, _ = self.shape
        return self.ends.words.size // ((slices + 1) * (rows + 1)) * BITS


def _end_to_end(mask: PackedMask, pitch: int = 0) -> Words:
    """Lay a mask's rows end to end, with an empty row behind each slice and a slice behind all."""
    slices, rows, own = mask.words.shape
    padded = np.zeros((slices + 1, rows + 1, pitch // BITS or own), np.uint64)
    used = min(own, padded.shape[2])
    padded[:slices, :rows, :used] = mask.words[..., :used]
    return padded.ravel()


def _changes(words: Words) -> Words:
    """Return the bits that differ from the one before."""
    changes = words << np.uint64(1)
    changes[1:] |= words[:-1] >> np.uint64(63)
    changes ^= words
    return changes


def _set_bits(words: Words) -> Positions:
    """Return the places of all bits that are 1, in order."""
    kind = np.dtype(np.int32 if words.size * BITS < 1 << 31 else np.int64)
    found: Positions = np.empty(sum(_counts(words)), kind)
    done = 0
    for start in range(0, words.size, SLAB):
        some = words[start : start + SLAB]
        filled = np.flatnonzero(some)
        bits = np.unpackbits(some[filled].view(np.uint8), bitorder="little").view(np.bool_)
        at = np.flatnonzero(bits)
        here = found[done : done + at.size]
        np.add((filled[at >> 6] + start) << 6, at & 63, out=here)
        done += at.size
    return found


def _counts(words: Words) -> list[int]:
    return [
        int(np.bitwise_count(words[start : start + SLAB]).sum(dtype=np.int64))
        for start in range(0, words.size, SLAB)
    ]


def _fill_between(words: Words) -> None:
    """Turn, in place, the ends of runs into runs: a bit is the parity of the ends up to it."""
    odd = False
    for start in range(0, words.size, SLAB):
        some = words[start : start + SLAB]
        for by in (1, 2, 4, 8, 16, 32):
            some ^= some << np.uint64(by)
        odds = np.logical_xor.accumulate(some >> np.uint64(63) != 0)
        before = np.concatenate([[odd], odds[:-1] ^ odd])
        some ^= np.uint64(0) - before.astype(np.uint64)
        odd = bool(odds[-1]) ^ odd
