"""Which slices a montage shows: those through what was found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from medmask.annotation import Annotation
from medmask.labels import Label, LabelMap
from medmask.overlay.planes import Plane

Profiles = tuple[NDArray[np.int64], ...]  # voxels of each kind of content along one axis


def choose_slices(content: Profiles, plane: Plane, count: int) -> list[int]:
    """Return the indices of the slices to show, in the order in which to show them.

    Parameters
    ----------
    content : tuple of ndarray of int64
        Of each kind of content its amount by index along the plane's normal, the most wanted
        kind first.
    plane : Plane
        Its normal says at which end to begin.
    count : int
        Slices wanted; fewer are returned where the array has fewer.

    Returns
    -------
    list of int
        Array indices along the normal, no index twice: the quantiles of the first kind of content
        that is there. If those fall together, quantiles of the other kinds and then evenly spaced
        slices fill up.
    """
    extent = content[0].size
    chosen: dict[int, None] = {}  # a set that keeps its order
    for amounts in (*content, np.ones(extent, np.int64)):
        ordered = amounts[::-1] if plane.normal.flipped else amounts
        chosen.update(dict.fromkeys(_quantiles(ordered, count)))
    chosen.update(dict.fromkeys(range(extent)))
    walked = sorted(list(chosen)[:count])
    return [extent - 1 - at for at in walked] if plane.normal.flipped else walked


def choose_both(
    content: Profiles, marked: NDArray[np.int64], plane: Plane, count: int
) -> list[int]:
    """Return slices of which half run through what somebody marked, if anything is.

    Parameters
    ----------
    content, plane, count
        As for `choose_slices`.
    marked : ndarray of int64
        Marked voxels by index along the plane's normal.
    """
    through = choose_slices((marked,), plane, count // 2) if marked.any() else []
    wanted = (
        *choose_slices(content, plane, count - len(through)),
        *choose_slices(content, plane, count),
    )
    chosen = list(dict.fromkeys((*through, *wanted)))[:count]
    return sorted(chosen, reverse=plane.normal.flipped)


def marked_along(
    annotations: Sequence[Annotation], shape: tuple[int, int, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return for each array axis the marked voxels at each of its indices, sheet by sheet."""
    slices, rows, columns = (np.zeros(extent, np.int64) for extent in shape)
    for sheet in {id(one.voxels): one.voxels for one in annotations}.values():
        for index, slab in enumerate(sheet):
            if slab.any():
                slices[index] += np.count_nonzero(slab)
                rows += np.count_nonzero(slab, axis=1)
                columns += np.count_nonzero(slab, axis=0)
    return slices, rows, columns


def content_along(labels: LabelMap) -> tuple[Profiles, ...]:
    """Return for each array axis the voxels of bone and of soft tissue at each of its indices.

    Slices are added up voxel by voxel, as many at a time as a byte can count, and rows and
    columns counted in the sum.
    """
    shape = labels.grid.shape
    slices, through = np.zeros((2, shape[0]), np.int64), np.zeros((2, *shape[1:]), np.int64)
    for start in range(0, shape[0], 255):
        some = np.zeros(through.shape, np.uint8)
        for index, slab in enumerate(labels.voxels[start : start + 255], start):
            for at, label in enumerate((Label.BONE, Label.SOFT_TISSUE)):
                here = slab == label
                slices[at, index] = np.count_nonzero(here)
                some[at] += here.view(np.uint8)
        through += some
    return tuple(tuple(amounts) for amounts in (slices, through.sum(axis=2), through.sum(axis=1)))


def _quantiles(amounts: NDArray[np.int64], count: int) -> list[int]:
    """Return the indices at 1/(n+1), ..., n/(n+1) of the content; none if there is none."""
    reached = np.cumsum(amounts)
    if reached[-1] == 0:
        return []
    wanted = reached[-1] * np.arange(1, count + 1) / (count + 1)
    return [int(index) for index in np.searchsorted(reached, wanted)]
