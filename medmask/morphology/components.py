"""The connected parts of a mask and how many voxels each has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from medmask.morphology.packed import PackedMask

Connectivity = Literal[6, 18, 26]

_RANK: dict[int, int] = {6: 1, 18: 2, 26: 3}  # faces; and edges; and corners


@dataclass(frozen=True, eq=False)
class Components:
    """Connected parts, numbered from 1 in the order of their first voxels.

    Attributes
    ----------
    labels : ndarray of int32, shape (slices, rows, columns)
        0 where the mask is not.
    sizes : ndarray of int64, shape (parts + 1,)
        Voxels of each part; ``sizes[0]`` are those outside.
    """

    labels: NDArray[np.int32]
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, mask: PackedMask, connectivity: Connectivity) -> Components:
        """Label a mask.

        Parameters
        ----------
        mask : PackedMask
        connectivity : int
            6: voxels that share a face are connected; 18: or an edge; 26: or a corner.
        """
        structure = ndimage.generate_binary_structure(3, _RANK[connectivity])
        labels = np.empty(mask.shape, np.int32)
        count = ndimage.label(mask.unpacked(), structure, output=labels)
        sizes = np.zeros(count + 1, np.int64)
        for slab in labels:  # one slice at a time, as bincount would copy them all to 64 bits
            found = np.bincount(slab.ravel())
            sizes[: found.size] += found
        return cls(labels, sizes)

    def holding(self, seeds: PackedMask) -> NDArray[np.bool_]:
        """Tell which parts hold at least one voxel of another mask, shape (parts + 1,)."""
        found = np.zeros(self.sizes.size, np.bool_)
        for slab, here in zip(
            self.labels, (one for some in seeds.slabs() for one in some), strict=True
        ):
            found[slab[here]] = True
        found[0] = False
        return found

    def where(self, chosen: NDArray[np.bool_]) -> PackedMask:
        """Return the mask of some parts.

        Parameters
        ----------
        chosen : ndarray of bool, shape (parts + 1,)
            By the part's number; the first stands for the outside.
        """
        slabs = (chosen[slab][np.newaxis] for slab in self.labels)
        slices, rows, columns = self.labels.shape
        return PackedMask.of_slabs(slabs, (slices, rows, columns))
