"""The valleys of a curve."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Bottom(NamedTuple):
    """The floor of a valley: bins ``first`` to ``last``, ``depth`` below its lower shoulder."""

    first: int
    last: int
    depth: float

    @property
    def middle(self) -> float:
        """The middle of the floor, as a fraction of bins."""
        return (self.first + self.last) / 2


def bottoms_of(curve: NDArray[np.float64]) -> list[Bottom]:
    """Return the valleys of a curve, from its first to its last.

    Parameters
    ----------
    curve : ndarray of float64, shape (n,)

    Returns
    -------
    list of Bottom
        Floors that are level, with higher neighbours on both sides. A shoulder is the highest
        place on the way to lower ground, or to the curve's end.

    Notes
    -----
    These are the peaks of the curve turned upside down and their prominences, as
    `scipy.signal.find_peaks` has them; loading all of that module takes longer than masking a
    small scan.
    """
    edges = np.flatnonzero(np.diff(curve)) + 1
    firsts, lasts = np.append(0, edges), np.append(edges, curve.size) - 1
    floors = curve[firsts]
    return [
        Bottom(int(firsts[n]), int(lasts[n]), _depth(floors, n))
        for n in range(1, floors.size - 1)
        if floors[n - 1] > floors[n] < floors[n + 1]
    ]


def _depth(floors: NDArray[np.float64], at: int) -> float:
    lower = np.flatnonzero(floors < floors[at])
    here = int(np.searchsorted(lower, at))
    start = int(lower[here - 1]) if here else 0
    stop = int(lower[here]) + 1 if here < lower.size else floors.size
    return float(min(floors[start:at].max(), floors[at:stop].max()) - floors[at])
