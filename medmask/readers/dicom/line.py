"""The even line that runs nearest to some positions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

EXACT_MM: Final = 1e-4  # so near, the line through both ends is as good as any
COARSEST_UNIT_MM: Final = 0.1  # positions in whole millimetres tell nothing of even steps
LARGEST_SHARE: Final = 0.1  # of a step that rounding may take; a missing slice takes a quarter


@dataclass(frozen=True, eq=False)
class Line:
    """Positions at even steps: ``start + index * step``.

    Attributes
    ----------
    start, step : ndarray, shape (3,)
        LPS+ mm.
    """

    start: NDArray[np.float64]
    step: NDArray[np.float64]

    def at(self, index: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return positions, shape (n, 3), of some indices."""
        return self.start + index[:, None] * self.step


def nearest_line(index: NDArray[np.float64], positions: NDArray[np.float64]) -> Line:
    """Return the line from which the farthest position lies least far along x, y and z.

    Parameters
    ----------
    index : ndarray, shape (n,)
        Rising whole numbers; at least two.
    positions : ndarray, shape (n, 3)
        LPS+ mm.

    Returns
    -------
    Line
        Through the first and the last position where all others lie on it to 0.0001 mm.
    """
    step = (positions[-1] - positions[0]) / (index[-1] - index[0])
    ends = Line(positions[0] - index[0] * step, step)
    if np.abs(ends.at(index) - positions).max() <= EXACT_MM:
        return ends
    fits = [_flattest_strip(index, values) for values in positions.T]
    return Line(np.array([fit[0] for fit in fits]), np.array([fit[1] for fit in fits]))


def are_rounded(line: Line, index: NDArray[np.float64], positions: NDArray[np.float64]) -> bool:
    """Tell whether positions are those of a line, rounded to the decimals that they have.

    Parameters
    ----------
    line : Line
        The nearest one.
    index : ndarray, shape (n,)
        One after the other.
    positions : ndarray, shape (n, 3)
        As their header writes them.

    Notes
    -----
    A header with one decimal gives the steps of 0.625 mm as 0.6, 0.6 and 0.7 mm in turns. Each
    coordinate may be off by half its last decimal, of which there must be one at least; and its
    steps are never more than two neighbouring decimals, which tells a slice that lies 0.1 mm from
    its place (2.5, 2.6, 2.4, 2.5 mm) from one that was rounded.
    """
    units = np.array([_last_decimal(values) for values in positions.T])
    off = np.abs(line.at(index) - positions).max(axis=0)
    uneven = np.ptp(np.diff(positions, axis=0), axis=0)
    by_rounding = (off <= units / 2 + 1e-9) & (units <= COARSEST_UNIT_MM) & (uneven <= units + 1e-9)
    is_small = off.max() <= LARGEST_SHARE * np.linalg.norm(line.step)
    return bool(is_small and ((off <= EXACT_MM) | by_rounding).all())


def _last_decimal(values: NDArray[np.float64]) -> float:
    """Return the place value of the last digit that any of some numbers has."""
    least = min(_exponent(value) for value in values.tolist())
    return float(Decimal(1).scaleb(least))


def _exponent(value: float) -> int:
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return int(exponent) if value else 0


def _flattest_strip(index: NDArray[np.float64], values: NDArray[np.float64]) -> tuple[float, float]:
    """Return offset and slope of the line whose greatest distance from any value is least.

    It is the middle of the lowest strip that holds all points; one side of that strip lies along
    an edge of their hull, or it could be turned until it were lower still.
    """
    edges = [*_hull(index, values), *_hull(index, -values)]
    rests = {}
    for a, b in edges:
        slope = float((values[b] - values[a]) / (index[b] - index[a]))
        rest = values - slope * index
        rests[float(np.ptp(rest))] = (float(rest.min() + rest.max()) / 2, slope)
    return rests[min(rests)]


def _hull(index: NDArray[np.float64], values: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return the edges below some points, as pairs of their numbers (Andrew's chain)."""
    chain: list[int] = []
    for k in range(len(index)):
        while len(chain) > 1 and _turns_right(index, values, (chain[-2], chain[-1], k)):
            chain.pop()
        chain.append(k)
    return list(pairwise(chain))


def _turns_right(
    index: NDArray[np.float64], values: NDArray[np.float64], corner: tuple[int, int, int]
) -> bool:
    a, b, c = corner
    ahead = (index[b] - index[a]) * (values[c] - values[a])
    return bool(ahead <= (values[b] - values[a]) * (index[c] - index[a]))
