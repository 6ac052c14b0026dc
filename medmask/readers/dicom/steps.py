"""From slice to slice: whether the steps are even, and what grid they lead to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from medmask.errors import DuplicatePositions, MixedGeometry, UnevenSlices
from medmask.outcome import ScanWarning
from medmask.readers.dicom.header import Header
from medmask.readers.dicom.line import Line, are_rounded, nearest_line
from medmask.readers.dicom.plane import directions
from medmask.readers.dicom.uneven import Source, even_out

STEP_TOLERANCE: Final = 0.01  # relative, between steps; DS values are rounded
STEP_TOLERANCE_MM: Final = 0.01  # whatever the step
DRIFT_TOLERANCE: Final = 0.1  # of a step, between a slice and the even line through all slices
TILT_DEGREES: Final = 0.1  # less is rounding
DISPLACED_MM: Final = 0.01  # so far a slice may lie from its position without a word


@dataclass(frozen=True, eq=False)
class Steps:
    """The slice axis of a grid.

    Attributes
    ----------
    start : ndarray, shape (3,)
        Where the first slice of the grid lies, LPS+ mm.
    vector : ndarray, shape (3,)
        From one slice of the grid to the next, LPS+ mm.
    known : bool
        Whether its length is known.
    sources : tuple of Source
        What each slice of the grid is made of.
    warnings : tuple of ScanWarning
    """

    start: NDArray[np.float64]
    vector: NDArray[np.float64]
    known: bool
    sources: tuple[Source, ...]
    warnings: tuple[ScanWarning, ...]


def several_steps(
    headers: Sequence[Header],
    positions: NDArray[np.float64],
    normal: NDArray[np.float64],
    *,
    resample: bool,
) -> Steps:
    """Return the slice axis of at least two slices.

    Parameters
    ----------
    headers : sequence of Header
        Sorted along the normal.
    positions : ndarray, shape (slices, 3)
        Theirs, LPS+ mm.
    normal : ndarray, shape (3,)
        Of unit length.
    resample : bool
        Whether uneven steps are put onto even ones.

    Raises
    ------
    DuplicatePositions
        If two slices lie at one position.
    MixedGeometry
        If the positions are not on one straight line.
    UnevenSlices, MissingSlices
        If the steps are uneven, and may not or cannot be made even.
    """
    heights = positions @ normal
    _demand_distinct(headers, heights)
    mean = float(heights[-1] - heights[0]) / (len(heights) - 1)
    index = np.arange(len(heights), dtype=np.float64)
    line = nearest_line(index, positions)
    if not are_rounded(line, index, positions):
        _demand_straight(headers, positions, heights, _tolerance(mean))
        if not _is_even(heights, _tolerance(mean)):
            if not resample:
                raise _uneven(headers, heights, _tolerance(mean))
            return _resampled(headers, positions, heights)
    sources = tuple(Source(k, k, 0.0) for k in range(len(heights)))
    warnings = (*_tilt(line.step, normal), *_displaced(line, sources, positions))
    return Steps(line.start, line.step, True, sources, warnings)


def _resampled(
    headers: Sequence[Header], positions: NDArray[np.float64], heights: NDArray[np.float64]
) -> Steps:
    """Return the slice axis of an even grid over uneven slices."""
    even = even_out(heights, headers[0].path.name, _tolerance)
    if even.only_gaps:
        line = nearest_line(np.rint((heights - heights[0]) / even.step), positions)
    else:
        along = (positions[-1] - positions[0]) / (heights[-1] - heights[0])  # per mm of height
        line = Line(positions[0], along * even.step)
    _, _, normal = directions(headers[0])
    tilt, displaced = _tilt(line.step, normal), _displaced(line, even.sources, positions)
    return Steps(line.start, line.step, True, even.sources, (*tilt, even.warning, *displaced))


def single_step(
    header: Header, position: NDArray[np.float64], normal: NDArray[np.float64]
) -> Steps:
    """Return the slice axis of a lone slice, which only its thickness can tell."""
    alone = (Source(0, 0, 0.0),)
    for value, tag in (
        (header.spacing_between, "Spacing Between Slices (0018,0088)"),
        (header.thickness, "Slice Thickness (0018,0050)"),
    ):
        if value is not None and value > 0:
            message = f"one slice only; its extent along the normal is {tag}, {value:g} mm"
            warning = ScanWarning("slice_thickness_used", message)
            return Steps(position, normal * value, True, alone, (warning,))
    return Steps(position, normal, False, alone, ())


def _tolerance(step: float) -> float:
    return max(STEP_TOLERANCE * step, STEP_TOLERANCE_MM)


def _demand_distinct(headers: Sequence[Header], heights: NDArray[np.float64]) -> None:
    closest = int(np.diff(heights).argmin())
    if heights[closest + 1] - heights[closest] < STEP_TOLERANCE_MM:
        raise DuplicatePositions(
            headers[closest + 1].path.name,
            f"a second slice at {heights[closest]:.2f} mm along the normal, "
            f"where {headers[closest].path.name} lies",
            "one slice at each position",
        )


def _demand_straight(
    headers: Sequence[Header],
    positions: NDArray[np.float64],
    heights: NDArray[np.float64],
    tolerance: float,
) -> None:
    share = (heights - heights[0]) / (heights[-1] - heights[0])
    line = positions[0] + share[:, None] * (positions[-1] - positions[0])
    aside = positions - line
    drift = np.linalg.norm(aside, axis=1)
    mean = float(heights[-1] - heights[0]) / (len(heights) - 1)
    if np.abs(np.diff(aside, axis=0)).max() > 2 * tolerance or drift.max() > DRIFT_TOLERANCE * mean:
        worst = int(drift.argmax())
        raise MixedGeometry(
            headers[worst].path.name,
            f"a slice {drift[worst]:.2f} mm beside the line through first and last slice",
            "slices along one straight line",
        )


def _is_even(heights: NDArray[np.float64], tolerance: float) -> bool:
    """Tell whether all steps are alike, and whether that holds from end to end."""
    steps = np.diff(heights)
    mean = float(heights[-1] - heights[0]) / len(steps)
    drift = heights - heights[0] - mean * np.arange(len(heights))
    alike = np.abs(steps - np.median(steps)).max() <= tolerance
    return bool(
        alike
        and np.abs(steps - mean).max() <= tolerance
        and np.abs(drift).max() <= DRIFT_TOLERANCE * mean
    )


def _uneven(
    headers: Sequence[Header], heights: NDArray[np.float64], tolerance: float
) -> UnevenSlices:
    steps = np.diff(heights)
    usual = float(np.median(steps))
    odd = np.flatnonzero(np.abs(steps - usual) > tolerance)
    k = int(odd[0]) if odd.size else int(np.abs(steps - usual).argmax())
    return UnevenSlices(
        headers[k].path.name,
        f"{max(1, odd.size)} of {steps.size} steps are odd: {steps[k]:.3f} mm between "
        f"{heights[k]:.2f} and {heights[k + 1]:.2f} mm along the normal, usually {usual:.3f} mm",
        "one even step within 1 %, or `irregular: resample` where no slice was lost",
    )


def _tilt(step: NDArray[np.float64], normal: NDArray[np.float64]) -> tuple[ScanWarning, ...]:
    cosine = float(step @ normal) / float(np.linalg.norm(step))
    degrees = float(np.degrees(np.arccos(min(cosine, 1.0))))
    if degrees <= TILT_DEGREES:
        return ()
    message = (
        f"positions lean by {degrees:.1f} degrees from the normal; "
        "the grid keeps the shear, nothing was straightened"
    )
    return (ScanWarning("gantry_tilt", message),)


def _displaced(
    line: Line, sources: Sequence[Source], positions: NDArray[np.float64]
) -> tuple[ScanWarning, ...]:
    """Warn of slices that the grid does not put where their headers do."""
    lower = positions[[source.lower for source in sources]]
    upper = positions[[source.upper for source in sources]]
    weights = np.array([source.weight for source in sources])[:, None]
    grid = line.at(np.arange(len(sources), dtype=np.float64))
    off = np.linalg.norm(grid - (lower + (upper - lower) * weights), axis=1)
    if off.max() <= DISPLACED_MM:
        return ()
    message = (
        f"slices lie up to {off.max():.3f} mm from their own positions, which are rounded or not "
        f"quite even; the grid has the even step of {np.linalg.norm(line.step):.4f} mm"
    )
    return (ScanWarning("slices_displaced", message),)
