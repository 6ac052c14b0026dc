"""The grid of a DICOM series, from its headers alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from medmask.errors import (
    BadGeometry,
    DuplicatePositions,
    MissingGeometry,
    MixedGeometry,
    UnevenSlices,
)
from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.readers.dicom.header import Header
from medmask.volume import RADIOGRAPH_MODALITIES

DIRECTION_TOLERANCE: Final = 1e-3  # of unit vectors
SPACING_TOLERANCE: Final = 1e-3  # relative, between slices
STEP_TOLERANCE: Final = 0.01  # relative, between steps; DS values are rounded
STEP_TOLERANCE_MM: Final = 0.01  # whatever the step
DRIFT_TOLERANCE: Final = 0.1  # of a step, between a slice and the even line through all slices
TILT_DEGREES: Final = 0.1  # less is rounding

_CROSS_SECTIONAL: Final = frozenset({"CT", "MR", "PT"})


@dataclass(frozen=True, eq=False)
class Stack:
    """Instances in the order of their slices, and the grid that they make.

    Attributes
    ----------
    headers : tuple of Header
        Along the slice axis.
    grid : Grid
    warnings : tuple of ScanWarning
    """

    headers: tuple[Header, ...]
    grid: Grid
    warnings: tuple[ScanWarning, ...] = ()


def is_planar(header: Header) -> bool:
    """Tell whether an instance is a picture of its own, not a slice of a volume.

    Radiographs are; so is what has no position in the patient and is not CT, MR or PET, of which
    a position is demanded (PS3.3 C.7.6.2).
    """
    if header.modality in RADIOGRAPH_MODALITIES:
        return True
    placed = header.orientation is not None or header.position is not None
    return header.modality not in _CROSS_SECTIONAL and not placed


def stack(headers: Sequence[Header]) -> Stack:
    """Sort the instances of one series and return their grid.

    Parameters
    ----------
    headers : sequence of Header
        At least one, in any order, without copies.

    Returns
    -------
    Stack
        Slices in the order of their positions along the normal. The slice axis of the affine is
        the step from slice to slice, which leans where the gantry was tilted.

    Raises
    ------
    MissingGeometry
        If position, orientation or spacing is absent where it is needed.
    MixedGeometry
        If the instances do not share size, orientation and spacing.
    DuplicatePositions
        If two slices lie at one position.
    UnevenSlices
        If the steps differ by more than 1 % and 0.01 mm.
    BadGeometry
        If directions or spacings cannot be what they say.

    References
    ----------
    DICOM PS3.3 C.7.6.2.1.1, Image Plane; C.7.6.3.1.1, Pixel Spacing at 10.7.
    """
    if len(headers) == 1 and is_planar(headers[0]):
        return _planar(headers[0])
    _demand_geometry(headers)
    _demand_one_plane(headers)
    across, down, normal = _directions(headers[0])
    positions = np.array([h.position for h in headers], np.float64)
    order = np.argsort(positions @ normal, kind="stable")
    placed = tuple(headers[k] for k in order)
    if len(placed) == 1:
        step, known, warnings = _single_step(placed[0], normal)
    else:
        step, warnings = _even_step(placed, positions[order], normal)
        known = True
    between_rows, between_columns = _spacing(placed[0])
    affine = np.eye(4)
    affine[:3, 0] = step
    affine[:3, 1] = down * between_rows
    affine[:3, 2] = across * between_columns
    affine[:3, 3] = positions[order[0]]
    grid = Grid(_shape(placed), affine, (known, True, True))
    return Stack(placed, grid, warnings)


def _shape(headers: Sequence[Header]) -> tuple[int, int, int]:
    layout = headers[0].layout
    return len(headers), layout.rows or 0, layout.columns or 0


def _demand_geometry(headers: Sequence[Header]) -> None:
    for name, tag in (
        ("orientation", "(0020,0037)"),
        ("position", "(0020,0032)"),
        ("pixel_spacing", "(0028,0030)"),
    ):
        without = [h.path.name for h in headers if getattr(h, name) is None]
        if without:
            raise MissingGeometry(
                without[0],
                f"{name.replace('_', ' ')} {tag} is absent in {len(without)} of {len(headers)}",
                "every slice with position, orientation and pixel spacing",
            )


def _demand_one_plane(headers: Sequence[Header]) -> None:
    """Demand one size, one orientation and one pixel spacing."""
    first = headers[0]
    across, down, _ = _directions(first)
    spacing = _spacing(first)
    for other in headers[1:]:
        layout = (other.layout.rows, other.layout.columns)
        if layout != (first.layout.rows, first.layout.columns):
            size = f"{layout[0]}x{layout[1]}"
            found = f"{size} among slices of {first.layout.rows}x{first.layout.columns}"
            raise MixedGeometry(other.path.name, found, "one size")
        here, there, _ = _directions(other)
        turned = max(np.abs(here - across).max(), np.abs(there - down).max())
        if turned > DIRECTION_TOLERANCE:
            raise MixedGeometry(
                other.path.name,
                f"a slice that is turned by {_degrees(here, there, across, down):.1f} degrees",
                "parallel slices",
            )
        if not np.allclose(_spacing(other), spacing, rtol=SPACING_TOLERANCE, atol=0):
            raise MixedGeometry(
                other.path.name,
                f"pixel spacing {_spacing(other)} among slices of {spacing} mm",
                "one pixel spacing",
            )


def _degrees(
    here: NDArray[np.float64],
    there: NDArray[np.float64],
    across: NDArray[np.float64],
    down: NDArray[np.float64],
) -> float:
    cosine = min(float(here @ across), float(there @ down))
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _directions(
    header: Header,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the directions of rows and columns and the normal, checked for right angles."""
    cosines = np.array(header.orientation, np.float64)
    across, down = cosines[:3], cosines[3:]
    lengths = np.array([np.linalg.norm(across), np.linalg.norm(down)])
    skew = abs(float(across @ down))
    if np.abs(lengths - 1).max() > DIRECTION_TOLERANCE or skew > DIRECTION_TOLERANCE:
        raise BadGeometry(
            header.path.name,
            f"orientation (0020,0037) is {header.orientation}",
            "two unit vectors at right angles",
        )
    across, down = across / lengths[0], down / lengths[1]
    normal = np.cross(across, down)
    return across, down, normal / np.linalg.norm(normal)


def _spacing(header: Header) -> tuple[float, float]:
    return _positive(header, header.pixel_spacing, "pixel spacing (0028,0030)")


def _positive(
    header: Header, spacing: tuple[float, float] | None, name: str
) -> tuple[float, float]:
    if spacing is None or min(spacing) <= 0:
        raise BadGeometry(header.path.name, f"{name} is {spacing} mm", "two positive lengths")
    return spacing


def _even_step(
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


def _single_step(
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


def _planar(header: Header) -> Stack:
    """Return the grid of a radiograph or other picture: no extent across the picture."""
    spacing, warnings = _planar_spacing(header)
    between_rows, between_columns = spacing or (1.0, 1.0)
    oriented = header.orientation is not None and header.position is not None
    if oriented:
        across, down, normal = _directions(header)
        corner = np.array(header.position, np.float64)
    else:
        across, down, normal = np.eye(3)
        corner = np.zeros(3)
    affine = np.eye(4)
    affine[:3, 0] = normal
    affine[:3, 1] = down * between_rows
    affine[:3, 2] = across * between_columns
    affine[:3, 3] = corner
    known = spacing is not None
    grid = Grid(_shape([header]), affine, (False, known, known), oriented)
    return Stack((header,), grid, warnings)


def _planar_spacing(
    header: Header,
) -> tuple[tuple[float, float] | None, tuple[ScanWarning, ...]]:
    if header.pixel_spacing is not None:
        return _spacing(header), ()
    if header.imager_spacing is None:
        return None, ()
    spacing = _positive(header, header.imager_spacing, "imager pixel spacing (0018,1164)")
    message = (
        f"spacing {spacing[0]:g} x {spacing[1]:g} mm is that of the detector (0018,1164); "
        "lengths in the patient are shorter by the magnification"
    )
    return spacing, (ScanWarning("detector_spacing", message),)
