"""Tell a canal from a cavity: a wide way leads out of it."""

from __future__ import annotations

import numpy as np

from medmask.grid import Grid
from medmask.morphology.components import Components
from medmask.morphology.dilation import dilated, eroded
from medmask.morphology.element import Element
from medmask.morphology.packed import PackedMask

# The spinal canal opens between the arches of every two vertebrae; those of the loins follow one
# another every 35 mm or so; marrow may have a pore farther off.
REACH_MM = 32.0


def without_passages(
    holes: PackedMask, mask: PackedMask, larger: PackedMask, grid: Grid, width_mm: float
) -> PackedMask:
    """Return the holes of axial slices out of which no wide way leads to the outside near by.

    Parameters
    ----------
    holes : PackedMask
        What is enclosed within slices.
    mask : PackedMask
        By what.
    larger : PackedMask
        What is enclosed as well, and too large to be a hole. It counts as outside, such as the
        brain for its own part below the vertex.
    grid : Grid
    width_mm : float
        Diameter of a ball that must find its way out, through other slices, within 32 mm. The
        array's first and last slice do not count as outside, so that a shaft which the scan cuts
        is no canal.
    """
    element = Element.ball_mm(grid, width_mm / 2)
    wide = eroded(mask.inverted(), element)
    outside = _outside(wide, holes, larger, grid)
    led_out = dilated(_farther(outside, wide, grid, width_mm), element) & holes
    if not led_out.any():
        return holes
    axis = grid.axial_axis
    return _without(holes.moved(axis, 0), led_out.moved(axis, 0)).moved(0, axis)


def _outside(wide: PackedMask, holes: PackedMask, larger: PackedMask, grid: Grid) -> PackedMask:
    """Return what is wide, in no hole, and leads to the scan's sides or a larger hole."""
    parts = Components.of(wide.without(holes), 6)
    aside = [axis for axis in range(3) if axis != grid.axial_axis]
    is_open = np.asarray(parts.faces[:, aside].any(axis=(1, 2))) | parts.holding(larger)
    return parts.where(is_open)


def _without(holes: PackedMask, led_out: PackedMask) -> PackedMask:
    """Return the holes of which no more than half is led out; slices are along the first axis."""
    from scipy import ndimage

    kept = holes.words.copy()
    for k in np.flatnonzero(led_out.words.any(axis=(1, 2))):
        hole, passed = (
            mask.part((slice(k, k + 1), slice(None))).unpacked()[0] for mask in (holes, led_out)
        )
        labels, count = ndimage.label(hole)
        share = np.bincount(labels[passed], minlength=count + 1) / np.bincount(labels.ravel())
        hole[(share > 0.5)[labels]] = False
        kept[k] = PackedMask.of(hole[np.newaxis]).words[0]
    return PackedMask(kept, holes.columns)


def _farther(outside: PackedMask, wide: PackedMask, grid: Grid, width_mm: float) -> PackedMask:
    """Return the outside and what can be reached from it through what is wide, not far off.

    A step of half the width leads over no wall: what is wide on both sides of one is farther apart.
    """
    between = [step for step, n in zip(grid.steps, grid.shape, strict=True) if n > 1]
    step_mm = max(width_mm / 2, *between)
    step = Element.ball_mm(grid, step_mm)
    for _ in range(round(REACH_MM / step_mm)):
        outside = outside | (dilated(outside, step) & wide)
    return outside
