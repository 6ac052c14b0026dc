"""Cut off a slab that the patient lies on and touches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from medmask.grid import Grid
from medmask.morphology.packed import PackedMask
from medmask.morphology.shape import Shape, laid_on, shadow

ALWAYS = 0.9  # of the slices: where something is that does not change along the bed
WING_MM, THICKEST_MM = 40.0, 20.0  # least width beside the patient, greatest half thickness
WING_FLATNESS = 0.4
BENT = 2  # degree of the curve through both wings' upper edges: tables are flat or troughs
OFF_LINE = 1.5  # voxels that an edge may lie off it
ON_LINE = 0.6  # share of the columns whose edge must lie on it
FEWEST_COLUMNS = 8
ROUNDS = 3
THICKER, MORE_VOXELS = 1.3, 2  # what is thicker than the wings, by this factor and voxels, is flesh

Plane = NDArray[np.bool_]


def wings(patient: PackedMask, main: Shape, grid: Grid) -> Plane:
    """Return where a thick slab shows on both sides of the patient, in the plane of the slices.

    Parameters
    ----------
    patient : PackedMask
        With all that hangs together with him.
    main : Shape
        His largest part.
    grid : Grid
        With lengths in mm.

    Returns
    -------
    ndarray of bool, shape of a slice
        Nothing if there are no two wings.
    """
    from scipy import ndimage

    axis = grid.axial_axis
    always = laid_on(patient, axis) >= ALWAYS * grid.shape[axis]
    rows, columns = (float(step) for a, step in enumerate(grid.steps) if a != axis)
    radius = min(THICKEST_MM, 0.2 * float(np.sqrt(main.area)))
    thin = always & ~_opened(always, radius, (rows, columns))
    labels, _ = ndimage.label(thin, np.ones((3, 3)))
    found = []
    for number, (down, across) in enumerate(ndimage.find_objects(labels), 1):
        extent = max((down.stop - down.start) * rows, (across.stop - across.start) * columns)
        area = np.count_nonzero(labels[down, across] == number) * rows * columns
        if extent > WING_MM and area < WING_FLATNESS * extent**2:
            found.append(number)
    return np.isin(labels, found) if len(found) > 1 else np.zeros_like(always)


def cut_off(patient: PackedMask, seen: Plane, grid: Grid) -> PackedMask:
    """Remove what lies below the line through the edges of a table that is seen beside it.

    Parameters
    ----------
    patient : PackedMask
        With parts of a table.
    seen : ndarray of bool, shape of a slice
        Where the table is seen in most slices.
    grid : Grid

    Notes
    -----
    Only what is not thicker than the table beside the patient goes, so that a line that runs
    through him cuts nothing off.
    """
    if not seen.any() or not patient.any():
        return patient
    axis = grid.axial_axis
    down, is_positive = _towards_table(seen, shadow(patient, axis))
    table = seen if down == 0 else seen.T  # away from the patient, then across
    line = _upper_edge(table if is_positive else table[::-1])
    if line is None:
        return patient
    below = np.zeros(table.shape, np.bool_)
    upright = below if is_positive else below[::-1]
    upright[:, line.columns] = np.arange(len(upright))[:, np.newaxis] >= line.rows
    beneath = np.expand_dims(below if down == 0 else below.T, axis)
    along = [a for a in range(3) if a != axis][down]
    most = line.thickness * THICKER + MORE_VOXELS
    slabs = patient.slabs() if along else [patient.unpacked()]  # a slab holds whole columns
    return PackedMask.of_slabs(_thinned(slabs, beneath, along, most), patient.shape)


def _thinned(
    slabs: Iterable[NDArray[np.bool_]], beneath: NDArray[np.bool_], along: int, most: float
) -> Iterator[NDArray[np.bool_]]:
    """Yield slabs without the columns of which no more than so many voxels lie beneath a line.

    Parameters
    ----------
    slabs : iterable of ndarray of bool, shape (some slices, rows, columns)
    beneath : ndarray of bool
        As large as the mask, or 1 along the patient's slices.
    along : int
        The axis that the columns run along.
    most : float
    """
    done = 0
    for slab in slabs:
        part = beneath if len(beneath) == 1 else beneath[done : done + len(slab)]
        under = (slab & part).view(np.uint8)
        few = under.sum(axis=along, dtype=np.uint16, keepdims=True) <= most
        yield slab & ~(part & few)
        done += len(slab)


def _opened(mask: Plane, radius: float, steps: tuple[float, float]) -> Plane:
    """Return a plane mask opened with a disc; beyond the array it goes on as at its edge."""
    from scipy import ndimage

    margins = [int(radius / step) + 1 for step in steps]
    wide = np.pad(mask, [(n, n) for n in margins], mode="edge")
    if wide.all():
        return mask
    inner = ndimage.distance_transform_edt(wide, sampling=steps) >= radius
    if not inner.any():
        return np.zeros_like(mask)
    opened = ndimage.distance_transform_edt(~inner, sampling=steps) <= radius
    down, across = margins
    result: Plane = opened[down : down + mask.shape[0], across : across + mask.shape[1]]
    return result


def _towards_table(seen: Plane, patient: Plane) -> tuple[int, bool]:
    """Return along which axis of the plane the table lies off the patient, and to which end."""
    offs = []
    for axis in (0, 1):
        here, there = (np.nonzero(mask)[axis] for mask in (patient, seen))
        offs.append((there.mean() - here.mean()) / (np.ptp(here) + 1))
    axis = int(np.abs(offs).argmax())
    return axis, bool(offs[axis] > 0)


class _Edge(NamedTuple):
    """The upper edge of a table in all columns from wing to wing."""

    columns: NDArray[np.int64]
    rows: NDArray[np.int64]
    thickness: float


def _upper_edge(table: Plane) -> _Edge | None:
    """Return the curve that the edge seen lies on, ``None`` if it lies on none."""
    columns = np.flatnonzero(table.any(axis=0))
    tops = table[:, columns].argmax(axis=0)
    rows = np.arange(len(table))[:, np.newaxis]
    ends = np.where(~table[:, columns] & (rows > tops), rows, len(table)).min(axis=0)
    fits = np.ones(columns.size, np.bool_)
    curve = np.zeros(BENT + 1)
    for _ in range(ROUNDS):
        if np.count_nonzero(fits) < FEWEST_COLUMNS:
            return None
        curve = np.polyfit(columns[fits], tops[fits], BENT)
        off = np.abs(np.polyval(curve, columns) - tops)
        fits = off <= max(OFF_LINE, 3.0 * float(np.median(off[fits])))
    if np.mean(fits) < ON_LINE:
        return None
    across = np.arange(columns[fits].min(), columns[fits].max() + 1)
    edge = np.clip(np.rint(np.polyval(curve, across)), 0, len(table)).astype(np.int64)
    return _Edge(across, edge, float(np.median((ends - tops)[fits])))
