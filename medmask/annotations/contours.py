"""Closed contours in the world to a mask on a grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from medmask.annotation import Verdict
from medmask.annotations.contour_fit import SIDES, ContourCut, ContourPlane, verdict_of
from medmask.annotations.scanline import fill
from medmask.annotations.words import span_of
from medmask.errors import NoOverlap, ObliqueContours
from medmask.grid import Grid

Contour = NDArray[np.float64]  # shape (points, 3), LPS+ mm

UPON_SLICE: Final = 0.1  # of a step: nearer than this a contour lies upon its slice
SAME_PLANE: Final = 0.01  # of a step: contours that lie nearer belong to one plane
_FLATNESS: Final = 0.25  # of a step: what bends or leans more lies in no plane of the grid
_EXACT: Final = 1e-6  # pixels, to which points are rounded: far less than decimals can tell


@dataclass(frozen=True, eq=False)
class Rasterised:
    """A region as a mask.

    Attributes
    ----------
    mask : ndarray of bool, shape (slices, rows, columns)
    verdict : Verdict
    """

    mask: NDArray[np.bool_]
    verdict: Verdict


def rasterise(contours: Sequence[Contour], grid: Grid, where: str) -> Rasterised:
    """Return the voxels whose centres lie inside an odd number of a plane's contours.

    Parameters
    ----------
    contours : sequence of ndarray of float64, shape (points, 3)
        LPS+ mm, each closed and within one plane of the grid: of slices, rows or columns.
    grid : Grid
        Sheared ones too: planes are those of constant index.
    where : str
        Names the region in errors.

    Raises
    ------
    ObliqueContours
        If a contour leans out of all planes of the grid, or they lie in planes of several kinds.
    NoOverlap
        If no contour comes near the grid.

    Notes
    -----
    Contours that were drawn on the scan's own slices mark these slices and no others. Where they
    were drawn elsewhere, a slice takes the nearest plane of contours within half their distance,
    as a label map of other slices would be sampled.
    """
    inverse = np.linalg.inv(grid.affine)
    indexed = [points @ inverse[:3, :3].T + inverse[:3, 3] for points in contours if len(points)]
    axis = _axis_across(indexed, where)
    planes = _planes(indexed, axis)
    positions = np.array([plane.at for plane in planes])
    on_slices = bool(np.abs(positions - np.rint(positions)).max() <= UPON_SLICE)
    mask = np.zeros(grid.shape, np.bool_)
    across = np.moveaxis(mask, axis, 0)
    sources = _sources(positions, len(across), on_slices=on_slices)
    for index, number in sources.items():
        across[index] = fill(planes[number].outlines, across.shape[1:])
    cut = ContourCut(planes, across.shape, float(grid.steps[axis]), SIDES[axis], on_slices)
    verdict = verdict_of(cut, sources, int(np.count_nonzero(mask)))
    if verdict.share_lost == 1:
        found = f"its contours lie at {span_of(np.concatenate(contours))}, the scan at "
        raise NoOverlap(where, found + span_of(grid.corners()), "contours inside the scan")
    return Rasterised(mask, verdict)


def _axis_across(indexed: Sequence[Contour], where: str) -> int:
    """Return the one index axis along which every contour keeps its place."""
    spreads = np.array([np.ptp(points, axis=0) for points in indexed])
    flat = spreads <= _FLATNESS
    common = [axis for axis in range(3) if flat[:, axis].all()]
    if common:
        return common[int(spreads[:, common].max(axis=0).argmin())]
    each = {SIDES[int(row.argmin())] for row in spreads}
    if not flat.any(axis=1).all():
        worst = float(spreads[~flat.any(axis=1)].min(axis=1).max())
        found = f"a contour leans by {worst:.2f} steps out of every plane of the scan's grid"
        raise ObliqueContours(where, found, "contours within slices, rows or columns")
    found = f"contours in planes of several kinds ({', '.join(sorted(each))})"
    raise ObliqueContours(where, found, "contours in parallel planes")


def _planes(indexed: Sequence[Contour], axis: int) -> list[ContourPlane]:
    """Put contours of one plane together, in the order of their places."""
    others = [other for other in range(3) if other != axis]
    placed = sorted(
        ((float(points[:, axis].mean()), points[:, others]) for points in indexed),
        key=lambda pair: pair[0],
    )
    planes: list[ContourPlane] = []
    for at, outline in placed:
        rounded = np.round(outline / _EXACT) * _EXACT
        if planes and _is_one_plane(planes[-1].at, at):
            planes[-1] = ContourPlane(planes[-1].at, (*planes[-1].outlines, rounded))
        else:
            planes.append(ContourPlane(at, (rounded,)))
    return planes


def _is_one_plane(first: float, second: float) -> bool:
    """Tell whether two places are one but for decimals, or both lie upon one slice."""
    slice_ = round(first)
    upon = max(abs(first - slice_), abs(second - slice_)) <= UPON_SLICE
    return upon or second - first <= SAME_PLANE


def _sources(positions: NDArray[np.float64], extent: int, *, on_slices: bool) -> dict[int, int]:
    """Return for each slice that is marked the number of its plane."""
    if on_slices:
        return {int(at): number for number, at in enumerate(np.rint(positions)) if 0 <= at < extent}
    reach = max(1.0, float(np.diff(positions).min())) / 2 if positions.size > 1 else 0.5
    slices = np.arange(extent)
    nearest = np.abs(slices[:, None] - positions[None]).argmin(axis=1)
    near = np.abs(slices - positions[nearest]) <= reach + 1e-9
    return {int(index): int(nearest[index]) for index in slices[near]}
