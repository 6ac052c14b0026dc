"""Where the surfaces of two masks lie, and how far they are from each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medmask.grid import Grid
from medmask.quality.surfels import outline_lengths, surface_areas

Mask = NDArray[np.bool_]
_QUERIED = 1 << 18  # points looked up at a time
_ROUNDING_MM = 1e-6  # two steps of 0.7 mm are no farther than 1.4 mm


@dataclass(frozen=True, eq=False)
class Surface:
    """The surface elements of one mask and their distances to another mask's surface.

    Attributes
    ----------
    sizes : ndarray of float64, shape (n,)
        Area of each element in mm2; its length in mm where the masks are flat.
    distances_mm : ndarray of float64, shape (n,)
        To the nearest element of the other surface, never falling.
    """

    sizes: NDArray[np.float64]
    distances_mm: NDArray[np.float64]

    def percentile_mm(self, percent: float) -> float:
        """Return the least distance that a share of the surface does not exceed."""
        reached = np.cumsum(self.sizes) / self.sizes.sum()
        at = int(np.searchsorted(reached, percent / 100))
        return float(self.distances_mm[min(at, self.distances_mm.size - 1)])

    def within(self, tolerance_mm: float) -> float:
        """Return the size of the surface that lies no farther than a tolerance."""
        return float(self.sizes[self.distances_mm <= tolerance_mm + _ROUNDING_MM].sum())


def surfaces(mask: Mask, reference: Mask, grid: Grid) -> tuple[Surface, Surface]:
    """Return the surfaces of two masks, each with its distances to the other.

    Parameters
    ----------
    mask, reference : ndarray of bool, shape (slices, rows, columns)
        Neither is empty.
    grid : Grid
        Of both; with known spacing in rows and columns, and between slices if there are several.

    Notes
    -----
    Elements lie on the corners of voxels. What lies beyond the array counts as unset: a mask that
    runs out of it has a surface there. Slices are looked at two at a time, and elements that both
    surfaces share are never searched for.
    """
    steps = grid.affine[:3, :3]
    table = outline_lengths(steps[:, 1:]) if grid.is_2d else surface_areas(steps)
    found = list(_elements(mask, reference, table))
    ours, theirs = (_joined([one[k] for one in found], grid) for k in (0, 1))
    return _measured(ours, theirs), _measured(theirs, ours)


@dataclass(frozen=True, eq=False)
class _Elements:
    """Surface elements of a mask: places, sizes, and which lie on the other surface, too."""

    places: NDArray[np.floating]  # (n, 3), corners of voxels as indices; later in mm
    sizes: NDArray[np.float64]
    shared: NDArray[np.bool_]


def _elements(
    mask: Mask, reference: Mask, table: NDArray[np.float64]
) -> Iterator[tuple[_Elements, _Elements]]:
    """Yield the elements of both masks between neighbouring slices."""
    is_flat = table.size == 16
    nothing = np.zeros((mask.shape[1] + 1, mask.shape[2] + 1), np.uint8)
    before = [nothing, nothing]
    for k in range(mask.shape[0] + (0 if is_flat else 1)):
        here = [_codes(m[k]) if k < m.shape[0] else nothing for m in (mask, reference)]
        codes = here if is_flat else [b | (h << 4) for b, h in zip(before, here, strict=True)]
        ours, theirs = ((code != 0) & (code != table.size - 1) for code in codes)
        both, at = ours & theirs, k if is_flat else k - 0.5
        yield (
            _elements_at(at, ours, both, table[codes[0][ours]]),
            _elements_at(at, theirs, both, table[codes[1][theirs]]),
        )
        before = here


def _codes(slab: Mask) -> NDArray[np.uint8]:
    """Return four bits for every corner of a slice's pixels: those around it that are set."""
    code = np.zeros((slab.shape[0] + 1, slab.shape[1] + 1), np.uint8)
    pixels = slab.view(np.uint8)
    code[1:, 1:] = pixels
    code[1:, :-1] |= pixels << 1
    code[:-1, 1:] |= pixels << 2
    code[:-1, :-1] |= pixels << 3
    return code


def _elements_at(k: float, edge: Mask, both: Mask, sizes: NDArray[np.float64]) -> _Elements:
    rows, columns = np.nonzero(edge)
    places = np.empty((rows.size, 3), np.float32)
    places[:, 0], places[:, 1], places[:, 2] = k, rows - 0.5, columns - 0.5
    return _Elements(places, sizes, both[edge])


def _joined(parts: list[_Elements], grid: Grid) -> _Elements:
    places = np.concatenate([part.places for part in parts])
    sizes = np.concatenate([part.sizes for part in parts])
    return _Elements(grid.world(places), sizes, np.concatenate([part.shared for part in parts]))


def _measured(one: _Elements, other: _Elements) -> Surface:
    """Look up the nearest element of the other surface for all that it does not share."""
    from scipy.spatial import KDTree  # of no use to a run

    distances = np.zeros(one.sizes.size)
    apart = np.flatnonzero(~one.shared)
    if apart.size:
        tree = KDTree(other.places, balanced_tree=False, compact_nodes=False)
        for start in range(0, apart.size, _QUERIED):
            some = apart[start : start + _QUERIED]
            distances[some] = tree.query(one.places[some])[0]
    order = np.argsort(distances, kind="stable")
    return Surface(one.sizes[order], distances[order])
