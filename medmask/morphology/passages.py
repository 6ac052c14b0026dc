"""Tell a canal from a cavity: a wide way leads out of it."""

from __future__ import annotations

import numpy as np

from medmask.grid import Grid
from medmask.morphology.components import Components
from medmask.morphology.dilation import dilated, eroded
from medmask.morphology.element import Element
from medmask.morphology.packed import PackedMask


def without_passages(
    holes: PackedMask, mask: PackedMask, grid: Grid, width_mm: float
) -> PackedMask:
    """Return the holes of axial slices out of which no wide way leads to the outside.

    Parameters
    ----------
    holes : PackedMask
        What is enclosed within slices.
    mask : PackedMask
        By what.
    grid : Grid
    width_mm : float
        Diameter of a ball that must find its way out, through other slices. The array's first and
        last slice do not count as outside, so that a shaft which the scan cuts is no canal.
    """
    from scipy import ndimage

    element = Element.ball_mm(grid, width_mm / 2)
    background = mask.inverted()
    parts = Components.of(eroded(background, element), 6)
    aside = [axis for axis in range(3) if axis != grid.axial_axis]
    outside = parts.where(np.asarray(parts.faces[:, aside].any(axis=(1, 2))))
    led_out = dilated(outside, element) & holes
    if not led_out.any():
        return holes
    kept = holes.unpacked()
    slices = np.moveaxis(kept, grid.axial_axis, 0)
    for hole, passed in zip(
        slices, np.moveaxis(led_out.unpacked(), grid.axial_axis, 0), strict=True
    ):
        if passed.any():
            labels, count = ndimage.label(hole)
            share = np.bincount(labels[passed], minlength=count + 1) / np.bincount(labels.ravel())
            hole[(share > 0.5)[labels]] = False
    return PackedMask.of(kept)
