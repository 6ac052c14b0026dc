"""What hangs together with the seeds."""

from __future__ import annotations

from medmask.morphology.components import Components, Connectivity
from medmask.morphology.packed import PackedMask


def grown(seeds: PackedMask, mask: PackedMask, connectivity: Connectivity = 26) -> PackedMask:
    """Return the connected parts of a mask that hold at least one seed.

    Parameters
    ----------
    seeds : PackedMask
        Those outside the mask do not count.
    mask : PackedMask
    connectivity : int
        6: voxels that share a face are connected; 18: or an edge; 26: or a corner.
    """
    parts = Components.of(mask, connectivity)
    return parts.where(parts.holding(seeds))
