"""Slices at uneven steps, put onto an even grid of the smallest step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from medmask.errors import MissingSlices
from medmask.outcome import ScanWarning

AS_IT_IS_MM: Final = 0.01  # so near to the grid a slice is taken as it is, not interpolated
LARGEST_GAP: Final = 3  # steps; what lies further apart is not made up
_NAMED: Final = 6  # intervals that a message names one by one


@dataclass(frozen=True, slots=True)
class Source:
    """What one slice of a grid is made of: two neighbours, by linear interpolation.

    Attributes
    ----------
    lower, upper : int
        Indices of slices, in their order; equal where the slice is taken as it is.
    weight : float
        Of the upper one, 0 to 1.
    """

    lower: int
    upper: int
    weight: float


@dataclass(frozen=True)
class Evened:
    """An even grid over uneven slices; it begins at the first of them.

    Attributes
    ----------
    step : float
        In mm along the normal.
    only_gaps : bool
        Whether all that is wrong are missing slices, so that every slice is kept as it is.
    sources : tuple of Source
    warning : ScanWarning
    """

    step: float
    only_gaps: bool
    sources: tuple[Source, ...]
    warning: ScanWarning


def even_out(
    heights: NDArray[np.float64], where: str, tolerance_of: Callable[[float], float]
) -> Evened:
    """Return the even grid of the smallest step that covers some slices.

    Parameters
    ----------
    heights : ndarray, shape (slices,)
        Positions along the normal in mm, rising, no two alike.
    where : str
        Names the series in errors.
    tolerance_of : callable
        How far in mm a slice may lie from the grid and still be taken as it is, for a step.

    Raises
    ------
    MissingSlices
        If two neighbours are more than `LARGEST_GAP` steps apart.

    Notes
    -----
    Where all steps are multiples of one, slices are missing and nothing else is wrong: then every
    slice that is there is kept as it is. Otherwise the end of the grid may fall short of the last
    slice by less than a step, as nothing is made up beyond it.
    """
    steps = np.diff(heights)
    smallest = float(steps.min())
    unit = float(steps[steps <= smallest + tolerance_of(smallest)].mean())
    total = float(heights[-1] - heights[0])
    counts = np.rint(steps / unit)
    only_gaps = bool(np.abs(steps - counts * unit).max() <= tolerance_of(unit))
    step = total / float(counts.sum()) if only_gaps else unit
    _demand_bridges(heights, step, tolerance_of(step), where)
    number = int(np.floor(total / step + 1e-6)) + 1
    near = tolerance_of(step) if only_gaps else AS_IT_IS_MM
    sources = tuple(_source(heights, k * step, near) for k in range(number))
    lost = total - (number - 1) * step
    return Evened(step, only_gaps, sources, _warning(heights, step, sources, lost))


def _source(heights: NDArray[np.float64], offset: float, tolerance: float) -> Source:
    at = heights[0] + offset
    nearest = int(np.abs(heights - at).argmin())
    if abs(heights[nearest] - at) <= tolerance:
        return Source(nearest, nearest, 0.0)
    lower = int(np.searchsorted(heights, at, side="right")) - 1
    share = float((at - heights[lower]) / (heights[lower + 1] - heights[lower]))
    return Source(lower, lower + 1, share)


def _demand_bridges(
    heights: NDArray[np.float64], step: float, tolerance: float, where: str
) -> None:
    steps = np.diff(heights)
    wide = np.flatnonzero(steps > LARGEST_GAP * step + tolerance)
    if not wide.size:
        return
    raise MissingSlices(
        where,
        f"slices are missing between {_intervals(heights, wide)} mm along the normal "
        f"(step {step:.3f} mm)",
        f"gaps of at most {LARGEST_GAP} steps",
    )


def _intervals(heights: NDArray[np.float64], chosen: NDArray[np.intp]) -> str:
    shown = [f"{heights[k]:.2f} and {heights[k + 1]:.2f}" for k in chosen[:_NAMED]]
    more = f", and {chosen.size - _NAMED} times more" if chosen.size > _NAMED else ""
    return ", ".join(shown) + more


def _warning(
    heights: NDArray[np.float64], step: float, sources: tuple[Source, ...], lost: float
) -> ScanWarning:
    odd = np.flatnonzero(np.abs(np.diff(heights) - step) > 0.01 * step)
    made = sum(source.lower != source.upper for source in sources)
    gaps = np.flatnonzero(np.diff(heights) > 1.5 * step)
    cause = "slices are missing" if gaps.size else "steps are uneven"
    text = (
        f"{cause} between {_intervals(heights, gaps if gaps.size else odd)} mm along the normal; "
        f"{made} of {len(sources)} slices were interpolated onto an even step of {step:.3f} mm"
    )
    if lost > 0.01 * step:
        text += f", and the last {lost:.2f} mm left out"
    return ScanWarning("irregular_resampled", text)
