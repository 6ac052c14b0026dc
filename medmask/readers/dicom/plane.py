"""The plane of one slice: directions, spacing, and whether slices share it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from medmask.errors import BadGeometry, MissingGeometry, MixedGeometry
from medmask.readers.dicom.header import Header

DIRECTION_TOLERANCE: Final = 1e-3  # of unit vectors
SPACING_TOLERANCE: Final = 1e-3  # relative, between slices


def demand_geometry(headers: Sequence[Header]) -> None:
    """Demand position, orientation and spacing of every slice, else raise `MissingGeometry`."""
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


def demand_one_plane(headers: Sequence[Header]) -> None:
    """Demand one size, one orientation and one pixel spacing."""
    first = headers[0]
    across, down, _ = directions(first)
    spacing = spacing_of(first)
    for other in headers[1:]:
        layout = (other.layout.rows, other.layout.columns)
        if layout != (first.layout.rows, first.layout.columns):
            size = f"{layout[0]}x{layout[1]}"
            found = f"{size} among slices of {first.layout.rows}x{first.layout.columns}"
            raise MixedGeometry(other.path.name, found, "one size")
        if other.orientation != first.orientation:
            _demand_parallel(other, across, down)
        if other.pixel_spacing != first.pixel_spacing and not np.allclose(
            spacing_of(other), spacing, rtol=SPACING_TOLERANCE, atol=0
        ):
            raise MixedGeometry(
                other.path.name,
                f"pixel spacing {spacing_of(other)} among slices of {spacing} mm",
                "one pixel spacing",
            )


def _demand_parallel(other: Header, across: NDArray[np.float64], down: NDArray[np.float64]) -> None:
    here, there, _ = directions(other)
    turned = max(np.abs(here - across).max(), np.abs(there - down).max())
    if turned > DIRECTION_TOLERANCE:
        raise MixedGeometry(
            other.path.name,
            f"a slice that is turned by {_degrees(here, there, across, down):.1f} degrees",
            "parallel slices",
        )


def _degrees(
    here: NDArray[np.float64],
    there: NDArray[np.float64],
    across: NDArray[np.float64],
    down: NDArray[np.float64],
) -> float:
    cosine = min(float(here @ across), float(there @ down))
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def directions(
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


def spacing_of(header: Header) -> tuple[float, float]:
    """Return mm between rows and between columns."""
    return positive_pair(header, header.pixel_spacing, "pixel spacing (0028,0030)")


def positive_pair(
    header: Header, spacing: tuple[float, float] | None, name: str
) -> tuple[float, float]:
    """Return two lengths, or raise `BadGeometry` if they are none."""
    if spacing is None or min(spacing) <= 0:
        raise BadGeometry(header.path.name, f"{name} is {spacing} mm", "two positive lengths")
    return spacing
