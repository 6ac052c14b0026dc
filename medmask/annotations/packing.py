"""Masks that may overlap, on as few sheets of labels as they need."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medmask.annotations.drawing import Sheet

_MOST = 255  # labels of a sheet


@dataclass(eq=False)
class Packing:
    """Sheets that are filled mask by mask; those that overlap come to lie on different ones.

    A hundred structures that touch nowhere take the memory of one.

    Parameters
    ----------
    shape : tuple of int
        Of every mask: slices, rows, columns.
    """

    shape: tuple[int, int, int]
    _sheets: list[NDArray[np.uint8]] = field(default_factory=list)
    _used: list[int] = field(default_factory=list)

    def add(self, mask: NDArray[np.bool_]) -> tuple[int, int]:
        """Put a mask on the first sheet that is free where it lies; return sheet and label."""
        spot = _spot(mask)
        cut = mask[spot]
        for number, sheet in enumerate(self._sheets):
            if self._used[number] < _MOST and not sheet[spot][cut].any():
                return number, self._mark(number, spot, cut)
        self._sheets.append(np.zeros(self.shape, np.uint8))
        self._used.append(0)
        return len(self._sheets) - 1, self._mark(len(self._sheets) - 1, spot, cut)

    def sheets(self) -> tuple[Sheet, ...]:
        """Return the sheets."""
        return tuple(self._sheets)

    def _mark(self, number: int, spot: tuple[slice, ...], cut: NDArray[np.bool_]) -> int:
        self._used[number] += 1
        self._sheets[number][spot][cut] = self._used[number]
        return self._used[number]


def _spot(mask: NDArray[np.bool_]) -> tuple[slice, slice, slice]:
    """Return the smallest block that holds a mask; an empty one for an empty mask."""
    slices = _ends(mask.reshape(len(mask), -1).any(axis=1))
    flat = np.asarray(mask[slices].any(axis=0))
    return slices, _ends(flat.any(axis=1)), _ends(flat.any(axis=0))


def _ends(line: ArrayLike) -> slice:
    there = np.flatnonzero(line)
    return slice(int(there[0]), int(there[-1]) + 1) if there.size else slice(0, 0)
