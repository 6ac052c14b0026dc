"""Keep the patient: no table, headrest, pad, cable or marker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medmask.grid import Grid
from medmask.morphology.components import Components
from medmask.morphology.fill_holes import FillHoles
from medmask.morphology.packed import PackedMask
from medmask.morphology.radial import Close, Dilate, Open
from medmask.morphology.shape import Shape, laid_on, shapes
from medmask.morphology.slab import cut_off, wings
from medmask.morphology.smooth import Smooth
from medmask.morphology.step import Site
from medmask.outcome import ScanWarning

THIN_MM = 4.0  # what a ball of this radius does not fit into: shells, sheets, cables, and ears
NOISE_MM = 2.0  # pinholes of noise in fat are closed before anything is called thin
SMALL_MM = 60.0  # what sticks out of the patient no farther is his own: ears, nose, fingertips
FILM_MM = 400.0  # the shorter side of a picture whose spacing is unknown

FLAT = 0.25  # of `Shape.flatness`: an arm has 0.7, a table with its core 0.1, its shell 0.02
STRAIGHT_SLAB, STRAIGHT_SHELL = 0.7, 0.5  # of `Shape.straightness`
THROUGH_SLAB, THROUGH_SHELL = 0.9, 0.5  # share of the slices that a table is in
WIDE_MM = 150.0  # a table is wider than this, or than 0.6 of the patient
LEAST_PART = 0.005  # of the largest part: what is smaller is neither arm nor leg
HALF = 0.5  # a hull that what is in it fills less than this is hollow


@dataclass(frozen=True)
class Patient:
    """Keep what is the patient, and remove all that he lies on and wears.

    Notes
    -----
    What lies about a patient is thin: the carbon shell of a table about foam that is hardly
    denser than air, sheets, headrests, cables. So the mask is opened with a ball of 4 mm; the
    largest connected part that is left is the patient, and so are all others, arms and legs,
    but for crumbs and for slabs: a table is flat, wide, goes through all slices and looks the
    same in each, as the patient is moved along it. What was lost of the patient by the opening
    is given back: a voxel all round, and pieces of up to 60 mm that hang on him.

    Where a table touches the skin the two are one to any opening. But it goes on to both sides,
    straight, and what has its thickness below the line between these wings is table as well.

    A phantom's bare skull is as thin as a table. It is told by being hollow: a hull that is not
    flat, and less than half full, is filled beforehand.

    A picture without spacing is taken to be 400 mm wide.
    """

    def apply(self, mask: PackedMask, site: Site) -> PackedMask:
        """Return what of the mask is the patient; holes are as they were."""
        if not mask.any():
            return mask
        place = Site(_in_mm(site.grid))
        whole = _filled_hulls(mask, place)
        thick = _thick(whole, place)
        if not thick.any():
            return mask
        parts = Components.of(thick, 26)
        found = shapes(parts, place.grid, place.grid.steps, _least(parts))
        main = _main(found, place.grid)
        patient = parts.where(_chosen(parts, [s.number for s in found if _is_his(s, main, place)]))
        kept = _given_back(whole, patient, place)
        return cut_off(kept, wings(patient, main, place.grid), place.grid)

    def warnings(self, grid: Grid) -> tuple[ScanWarning, ...]:
        """Return nothing: there is no grid on which this does less than it says."""
        del grid
        return ()


def _in_mm(grid: Grid) -> Grid:
    """Return a grid that has lengths, whatever they are on a picture without spacing."""
    if not grid.unmeasured_axes:
        return Grid(grid.shape, grid.affine, (True, True, True), grid.oriented)
    step = FILM_MM / min((n for n in grid.shape if n > 1), default=1)
    affine = grid.affine.copy()
    affine[:3, :3] *= step / grid.steps
    return Grid(grid.shape, affine, (True, True, True), grid.oriented)


def _thick(mask: PackedMask, site: Site) -> PackedMask:
    """Return the mask without its thin parts, and with what the rest encloses."""
    opened = Open(radius_mm=THIN_MM).apply(Smooth(radius_mm=NOISE_MM).apply(mask, site), site)
    return FillHoles("slices").apply(opened, site)


def _filled_hulls(mask: PackedMask, site: Site) -> PackedMask:
    """Fill hollow things that are not flat; gaps such as sutures do not open them."""
    hulls = Close(radius_mm=THIN_MM).apply(mask, site)
    if FillHoles("slices").apply(hulls, site).without(mask).count() < HALF * mask.count():
        return mask
    parts = Components.of(hulls, 26)
    for shape in shapes(parts, site.grid, site.grid.steps, _least(parts)):
        filled = FillHoles("slices").apply(parts.where(_chosen(parts, [shape.number])), site)
        voxels = filled.count()
        is_flat = voxels / shape.voxels * shape.flatness < FLAT
        if not is_flat and (mask & filled).count() < HALF * voxels:
            mask = mask | filled
    return mask


def _least(parts: Components) -> int:
    return int(LEAST_PART * parts.sizes.max())


def _chosen(parts: Components, numbers: list[int]) -> NDArray[np.bool_]:
    chosen = np.zeros(parts.sizes.size, np.bool_)
    chosen[numbers] = True
    return chosen


def _is_slab(shape: Shape, grid: Grid) -> bool:
    through = shape.slices >= THROUGH_SLAB * grid.shape[grid.axial_axis]
    return through and shape.straightness >= STRAIGHT_SLAB and shape.flatness < FLAT


def _main(found: list[Shape], grid: Grid) -> Shape:
    """Return the largest part that is no table, of parts the largest first."""
    return next((shape for shape in found if not _is_slab(shape, grid)), found[0])


def _is_his(shape: Shape, main: Shape, site: Site) -> bool:
    is_wide = shape.extent >= min(0.6 * main.extent, WIDE_MM)
    return shape is main or not (is_wide and _is_slab(shape, site.grid))


def _given_back(whole: PackedMask, patient: PackedMask, site: Site) -> PackedMask:
    """Return the patient as he was before the opening, without the thin things he lies on."""
    around = Dilate(iterations=1, element="box")
    near = around.apply(patient, site)
    kept, rest = whole & near, whole.without(near)
    parts = Components.of(rest, 26)
    if parts.sizes.size == 0:
        return kept
    sides = (parts.boxes[..., 1] - parts.boxes[..., 0]) * site.grid.steps
    is_small = sides.max(axis=1) <= SMALL_MM
    own = parts.where(is_small & parts.holding(around.apply(kept, site)))
    return cut_off(kept | own, _shells(parts, site.grid), site.grid)


def _shells(parts: Components, grid: Grid) -> NDArray[np.bool_]:
    """Return where, in the plane of the slices, a table's shell shows beside the patient."""
    axis = grid.axial_axis
    slices = grid.shape[axis]
    least = max(int(parts.sizes.max() * 0.01), THROUGH_SHELL * slices)
    shells = [
        shape.number
        for shape in shapes(parts, grid, grid.steps, int(least))
        if shape.slices >= THROUGH_SHELL * slices
        and shape.straightness >= STRAIGHT_SHELL
        and shape.flatness < FLAT
        and shape.extent > SMALL_MM
    ]
    return laid_on(parts.where(_chosen(parts, shells)), axis) >= 0.3 * slices
