"""How well a region's contours fit a scan's slices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from medmask.annotation import Fit, Verdict
from medmask.annotations.scanline import fill
from medmask.errors import BadGeometry

SIDES: Final = ("slices", "rows", "columns")
_LARGEST_PIXELS: Final = 1 << 27  # of one plane's contours; no body is that large


@dataclass(frozen=True, eq=False)
class ContourPlane:
    """Contours of one plane.

    Attributes
    ----------
    at : float
        Index along the axis across the plane.
    outlines : tuple of ndarray, shape (points, 2)
        In indices of the two other axes.
    """

    at: float
    outlines: tuple[NDArray[np.float64], ...]


@dataclass(frozen=True, eq=False)
class ContourCut:
    """Planes of contours and the pictures of a grid that they were drawn into.

    Attributes
    ----------
    planes : sequence of ContourPlane
        In the order of their places.
    shape : tuple of int
        Pictures, and rows and columns of each.
    step_mm : float
        From picture to picture.
    side : str
        What the pictures are in the scan: slices, rows or columns.
    on_slices : bool
        Whether every plane lies upon a picture.
    """

    planes: Sequence[ContourPlane]
    shape: tuple[int, ...]
    step_mm: float
    side: str
    on_slices: bool


def verdict_of(cut: ContourCut, sources: Mapping[int, int], voxels: int) -> Verdict:
    """Return the verdict on one region.

    Parameters
    ----------
    cut : ContourCut
    sources : mapping of int to int
        For each picture that was drawn into the number of its plane.
    voxels : int
        How many were marked.

    Raises
    ------
    BadGeometry
        If a contour is larger than anything.
    """
    positions = np.array([plane.at for plane in cut.planes])
    counts = [_enclosed(plane, cut.shape) for plane in cut.planes]
    total, inside = (sum(count) for count in zip(*counts, strict=True))
    apart = [abs(index - positions[n]) * cut.step_mm for index, n in sources.items()]
    moved = float(max(apart, default=0.0))
    planes = f"{len(positions)} planes of contours"
    if cut.on_slices:
        fit, change = Fit.IDENTICAL, None
        text = f"{planes} on the scan's own {cut.side}, within {moved:.3f} mm"
        gaps = int(np.ptp(np.rint(positions))) + 1 - len(positions)
        text += f"; {gaps} {cut.side} between them have none and stay empty" if gaps else ""
    else:
        fit = Fit.RESAMPLED
        thickness = float(np.median(np.diff(positions))) if positions.size > 1 else 1.0
        change = voxels / (inside * thickness) - 1 if inside else None
        text = f"{planes}, up to {moved:.3f} mm beside the scan's {cut.side}; the nearest was taken"
        text += "" if change is None else f"; its volume changed by {100 * change:+.2f} %"
    lost = 1 - inside / total if total else 0.0
    if lost > 0:
        fit = Fit.PARTLY_OUTSIDE
        text += f"; {100 * lost:.2f} % of it lies outside the scan and is lost"
    return Verdict(fit, text, moved, change, lost)


def _enclosed(plane: ContourPlane, shape: tuple[int, ...]) -> tuple[int, int]:
    """Return how many pixels a plane's contours enclose, and how many of them are the scan's."""
    points = np.concatenate(plane.outlines)
    low = np.floor(points.min(axis=0)).astype(np.int64)
    size = np.ceil(points.max(axis=0)).astype(np.int64) - low + 1
    if int(size.astype(float).prod()) > _LARGEST_PIXELS:
        found = f"a contour of {size[1]} x {size[0]} pixels"
        raise BadGeometry("contours", found, "contours about as large as the scan")
    drawn = fill([outline - low for outline in plane.outlines], (int(size[0]), int(size[1])))
    first = np.maximum(-low, 0)
    behind = np.maximum(np.array(shape[1:]) - low, 0)
    kept = drawn[first[0] : behind[0], first[1] : behind[1]]
    is_inside = -0.5 <= plane.at < shape[0] - 0.5
    return int(np.count_nonzero(drawn)), int(np.count_nonzero(kept)) if is_inside else 0
