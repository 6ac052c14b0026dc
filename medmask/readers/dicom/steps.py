"""From slice to slice: whether the steps are even, and where they lead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from medmask.errors import DuplicatePositions, MixedGeometry, UnevenSlices
from medmask.outcome import ScanWarning
from medmask.readers.dicom.header import Header

STEP_TOLERANCE: Final = 0.01  # relative, between steps; DS values are rounded
STEP_TOLERANCE_MM: Final = 0.01  # whatever the step
DRIFT_TOLERANCE: Final = 0.1  # of a step, between a slice and the even line through all slices
TILT_DEGREES: Final = 0.1  # less is rounding


def even_step(
    headers: Sequence[Header], positions: NDArray[np.float64], normal: NDArray[np.float64]
) -> tuple[NDArray[np.float64], tuple[ScanWarning, ...]]:
    """Return the step from slice to slice; slices are sorted along the normal."""
    heights = positions @ normal
    steps = np.diff(heights)
    closest = int(steps.argmin())
    if steps[closest] < STEP_TOLERANCE_MM:
        raise DuplicatePositions(
            headers[closest + 1].path.name,
            f"a second slice at {heights[closest]:.2f} mm along the normal, "
            f"where {headers[closest].path.name} lies",
            "one slice at each position",
        )
    step = (positions[-1] - positions[0]) / (len(positions) - 1)
    height = float(step @ normal)
    tolerance = max(STEP_TOLERANCE * height, STEP_TOLERANCE_MM)
    _demand_even(headers, heights, tolerance, height)
    line = positions[0] + np.arange(len(positions))[:, None] * step
    drift = np.linalg.norm(positions - line, axis=1)
    sideways = np.diff(positions, axis=0) - step
    if np.abs(sideways).max() > 2 * tolerance or drift.max() > DRIFT_TOLERANCE * height:
        worst = int(drift.argmax())
        raise MixedGeometry(
            headers[worst].path.name,
            f"a slice {drift[worst]:.2f} mm beside the line through first and last slice",
            "slices along one straight line",
        )
    return step, _tilt(step, normal)


def _demand_even(
    headers: Sequence[Header], heights: NDArray[np.float64], tolerance: float, height: float
) -> None:
    steps = np.diff(heights)
    usual = float(np.median(steps))
    odd = np.flatnonzero(np.abs(steps - usual) > tolerance)
    if not odd.size and np.abs(steps - height).max() <= tolerance:
        return
    k = int(odd[0]) if odd.size else int(np.abs(steps - height).argmax())
    raise UnevenSlices(
        headers[k].path.name,
        f"{max(1, odd.size)} of {steps.size} steps are odd: {steps[k]:.3f} mm between "
        f"{heights[k]:.2f} and {heights[k + 1]:.2f} mm along the normal, usually {usual:.3f} mm",
        "one even step within 1 %; uneven series are not resampled yet",
    )


def _tilt(step: NDArray[np.float64], normal: NDArray[np.float64]) -> tuple[ScanWarning, ...]:
    cosine = float(step @ normal) / float(np.linalg.norm(step))
    degrees = float(np.degrees(np.arccos(min(cosine, 1.0))))
    if degrees <= TILT_DEGREES:
        return ()
    message = (
        f"positions lean by {degrees:.1f} degrees from the normal; "
        "the grid keeps the shear and nothing was resampled"
    )
    return (ScanWarning("gantry_tilt", message),)


def single_step(
    header: Header, normal: NDArray[np.float64]
) -> tuple[NDArray[np.float64], bool, tuple[ScanWarning, ...]]:
    """Return the step of a lone slice, which only its thickness can tell."""
    for value, tag in (
        (header.spacing_between, "Spacing Between Slices (0018,0088)"),
        (header.thickness, "Slice Thickness (0018,0050)"),
    ):
        if value is not None and value > 0:
            message = f"one slice only; its extent along the normal is {tag}, {value:g} mm"
            return normal * value, True, (ScanWarning("slice_thickness_used", message),)
    return normal, False, ()
