"""Trim the blurred rim of dense bone."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from medmask.errors import NotHounsfield
from medmask.grid import Grid
from medmask.morphology.dilation import eroded
from medmask.morphology.element import Element
from medmask.morphology.packed import PackedMask
from medmask.morphology.step import Site
from medmask.outcome import ScanWarning
from medmask.volume import Family

SOFT_HU = 50.0  # what cortex borders on
DENSEST_HU = 1500.0  # cortex; metal is denser, and its glare is not to be measured by it
AIR_HU = -200.0  # neither bone nor marrow is lighter than fat


@dataclass(frozen=True)
class Trim:
    """Remove rim voxels of a CT's bone that are but the blur of dense bone beside them, and air.

    Parameters
    ----------
    fraction : float
        Of the way from soft tissue (50 HU) to the densest neighbour: rim voxels below it go. At
        one half the edge would lie where a blurred edge has half its height [1]_; thin bone,
        which never reaches its full height, would vanish.
    dense_native : float
        In HU: neighbours that are less dense do not count, as they are partly soft tissue
        themselves.

    References
    ----------
    .. [1] S. Prevrhal, K. Engelke, W. A. Kalender, "Accuracy limits for the determination of
       cortical width and density: the influence of object size and CT imaging parameters",
       Physics in Medicine and Biology 44 (1999) 751-764, :doi:`10.1088/0031-9155/44/3/017`
    """

    fraction: float = 0.3
    dense_native: float = 500.0

    def __post_init__(self) -> None:
        if not 0.0 < self.fraction < 1.0:
            raise ValueError(f"trim: fraction must lie between 0 and 1, got {self.fraction:g}")
        if not (math.isfinite(self.dense_native) and self.dense_native > SOFT_HU):
            raise ValueError(f"trim: dense_native must be above 50, got {self.dense_native:g}")

    def apply(self, mask: PackedMask, site: Site) -> PackedMask:
        """Return the mask without its blurred rim.

        Raises
        ------
        NotHounsfield
            If the scan is no CT, so that there are no HU.
        """
        volume = site.volume
        if volume is None or volume.family is not Family.CT:
            found = "no volume" if volume is None else f"a {volume.modality}"
            raise NotHounsfield("trim", found, "a CT, whose HU tell how dense bone is")
        above_air = PackedMask.of_slabs(volume.above_by_slices(AIR_HU), mask.shape)
        mask = mask & above_air
        rim = mask.without(eroded(mask, Element.of_voxels(site.grid, "cross", 1)))
        at = np.nonzero(rim.unpacked())
        densest = np.full(at[0].size, -np.inf, np.float32)
        ends = [n - 1 for n in mask.shape]
        for offset in itertools.product((-1, 0, 1), repeat=3):
            near = (np.clip(i + o, 0, end) for i, o, end in zip(at, offset, ends, strict=True))
            np.maximum(densest, volume.rescale.native(volume.voxels[tuple(near)]), out=densest)
        own = volume.rescale.native(volume.voxels[at])
        edge = SOFT_HU + self.fraction * (np.minimum(densest, DENSEST_HU) - SOFT_HU)
        blurred = (own < edge) & (densest > self.dense_native)
        gone = np.zeros(mask.shape, np.bool_)
        gone[tuple(axis[blurred] for axis in at)] = True
        return mask.without(PackedMask.of(gone))

    def warnings(self, grid: Grid) -> tuple[ScanWarning, ...]:
        """Return nothing: there is no grid on which this does less than it says."""
        del grid
        return ()
