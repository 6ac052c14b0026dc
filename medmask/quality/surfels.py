"""How much surface lies between the eight voxels around a corner: marching cubes on yes and no."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Edge = frozenset[int]

_CORNERS: Final = tuple(product((0, 1), repeat=3))  # bit 4k + 2j + i of a code
_SQUARE: Final = ((0, 0), (0, 1), (1, 1), (1, 0))  # once around


def surface_areas(steps: Vector) -> Vector:
    """Return the area of surface for each of the 256 ways in which eight voxels may be set.

    Parameters
    ----------
    steps : ndarray, shape (3, 3)
        World vectors of one step along (slice, row, column), as columns; they may lean.

    Returns
    -------
    ndarray of float64, shape (256,)
        In squared world units, by the code whose bit ``4 k + 2 j + i`` is the voxel at
        ``(k, j, i)`` of the eight.

    Notes
    -----
    Corners of the rarer kind are cut off from one another where the surface could run two ways.
    A polygon that is not flat is cut into those triangles that have the greatest area on a cube:
    on grids with right angles that is, number for number, the table of [1]_.

    References
    ----------
    .. [1] S. Nikolov et al., "Clinically applicable segmentation of head and neck anatomy for
       radiotherapy", J Med Internet Res 23(7):e26151, 2021. doi:10.2196/26151
    """
    scaled = np.linalg.det(steps) * np.linalg.inv(steps).T  # how areas' normals are mapped
    return np.array(
        [np.linalg.norm(scaled @ normals, axis=0).sum() for normals in _normals()], np.float64
    )


def outline_lengths(steps: Vector) -> Vector:
    """Return the length of outline for each of the 16 ways in which four pixels may be set.

    Parameters
    ----------
    steps : ndarray, shape (3, 2)
        World vectors of one step along (row, column), as columns.

    Returns
    -------
    ndarray of float64, shape (16,)
        By the code whose bit ``2 j + i`` is the pixel at ``(j, i)`` of the four.
    """
    lengths = np.zeros(16)
    for code in range(16):
        is_set = [bool(code >> (2 * j + i) & 1) for j, i in _SQUARE]
        middles = [(np.array(_SQUARE[n]) + _SQUARE[(n + 1) % 4]) / 2 for n in range(4)]
        for one, other in _cuts(is_set, cut_set=True):
            lengths[code] += np.linalg.norm(steps @ (middles[other] - middles[one]))
    return lengths


@cache
def _normals() -> tuple[Vector, ...]:
    """Return for each code the normals of its triangles, as long as they are large, (3, n)."""
    found = []
    for code in range(256):
        normals = [n for loop in _loops(code) for n in _triangles(loop)]
        found.append(np.array(normals).T if normals else np.zeros((3, 1)))
    return tuple(found)


def _loops(code: int) -> list[list[Vector]]:
    """Return the closed polygons between set and unset corners of a cube, as points."""
    links: dict[Edge, list[Edge]] = defaultdict(list)
    cut_set = code.bit_count() <= 4
    for axis, side in product(range(3), (0, 1)):
        face = [4 * c[0] + 2 * c[1] + c[2] for c in _face(axis, side)]
        edges = [frozenset((face[n], face[(n + 1) % 4])) for n in range(4)]
        for one, other in _cuts([bool(code >> corner & 1) for corner in face], cut_set=cut_set):
            links[edges[one]].append(edges[other])
            links[edges[other]].append(edges[one])
    loops = []
    while links:
        start = at = next(iter(links))
        loop = []
        while at in links:
            loop.append(sum((np.array(_CORNERS[c], float) for c in at), np.zeros(3)) / 2)
            onward = [edge for edge in links.pop(at) if edge in links]
            at = onward[0] if onward else start
        loops.append(loop)
    return loops


def _face(axis: int, side: int) -> list[tuple[int, int, int]]:
    """Return the corners once around a face of the cube."""
    around = [(*pair[:axis], side, *pair[axis:]) for pair in _SQUARE]
    return [(a, b, c) for a, b, c in around]


def _cuts(is_set: list[bool], *, cut_set: bool) -> list[tuple[int, int]]:
    """Return pairs of a square's edges, by number, that a line between set and unset connects."""
    crossed = [n for n in range(4) if is_set[n] != is_set[(n + 1) % 4]]
    if len(crossed) == 4:
        return [((n - 1) % 4, n) for n in range(4) if is_set[n] == cut_set]
    return [(crossed[0], crossed[1])] if crossed else []


def _triangles(loop: list[Vector]) -> list[Vector]:
    """Return normals of the triangles that a polygon is cut into for the greatest area."""

    def best(first: int, last: int) -> tuple[float, list[Vector]]:
        cuts: list[tuple[float, list[Vector]]] = [(0.0, [])]
        for k in range(first + 1, last):
            normal = np.cross(loop[k] - loop[first], loop[last] - loop[first]) / 2
            one, other = best(first, k), best(k, last)
            area = float(np.linalg.norm(normal)) + one[0] + other[0]
            cuts.append((round(area, 9), [*one[1], *other[1], normal]))
        return max(cuts, key=lambda cut: cut[0])

    return best(0, len(loop) - 1)[1]
