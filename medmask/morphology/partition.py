"""Runs that hang together -> the number of the part that each belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from medmask.morphology.packed import PackedMask
from medmask.morphology.runs import Link, Positions, Runs, cuts, taken

DENSE = 1 / 24  # runs a voxel from which labelling voxel by voxel is faster (docs/decisions)
MANY = 1 / 64  # of the runs: to follow all of them costs no more than to follow so many
SLAB_VOXELS = 1 << 20  # labelled at a time: four bytes each


def numbered(mask: PackedMask, runs: Runs, links: Sequence[Link]) -> tuple[Positions, int]:
    """Return the part of each run, numbered from 0 by their first runs, and how many there are.

    Parameters
    ----------
    mask : PackedMask
    runs : Runs
        The mask's.
    links : sequence of Link
        Which runs hang together.
    """
    if runs.starts.size > DENSE * np.prod(mask.shape):
        first = first_by_voxels(mask, runs, links)
    else:
        first = first_by_links(runs, links)
    return first, _number(first)


def first_by_links(runs: Runs, links: Sequence[Link]) -> Positions:
    """Return for each run the first one of its part, by the runs that touch."""
    first: Positions = np.arange(runs.starts.size, dtype=runs.starts.dtype)
    for link in links:
        _join(first, *runs.linked(link))
    _follow_to_the_end(first)
    return first


def first_by_voxels(mask: PackedMask, runs: Runs, links: Sequence[Link]) -> Positions:
    """Return for each run the first one of its part, by labelling every voxel.

    Notes
    -----
    Where noise makes nearly every voxel a run of its own, there are more runs and links than
    can be gone through faster. Some slices, or rows of a picture, are labelled at a time; then
    the runs at their borders are joined.
    """
    first: Positions = np.arange(runs.starts.size, dtype=runs.starts.dtype)
    borders: list[slice] = []
    done = 0
    for slab in _slabs(mask):
        begins = slab.copy()
        begins[..., 1:] &= ~slab[..., :-1]
        within = _first_within(slab, begins, links)
        first[done : done + within.size] = within + done
        done += within.size
        at_border = np.count_nonzero(begins[-1] if len(mask.words) > 1 else begins[0, -1])
        borders.append(slice(done - at_border, done))
    for border in borders:
        for link in links:
            _join(first, *runs.linked(link, border))
    _follow_to_the_end(first)
    return first


def _slabs(mask: PackedMask) -> Iterator[NDArray[np.bool_]]:
    """Yield a mask some slices at a time, a mask of one slice some rows at a time."""
    axis = 0 if len(mask.words) > 1 else 1
    step = max(SLAB_VOXELS * mask.shape[axis] // int(np.prod(mask.shape)), 1)
    for start in range(0, mask.shape[axis], step):
        some = slice(start, start + step)
        rows = (some, slice(None)) if axis == 0 else (slice(None), some)
        yield mask.part(rows).unpacked()


def _first_within(
    slab: NDArray[np.bool_], begins: NDArray[np.bool_], links: Sequence[Link]
) -> NDArray[np.int32]:
    """Return for each run of a slab the first one of its part, by numbers within the slab."""
    from scipy import ndimage

    structure = np.zeros((3, 3, 3), np.bool_)
    structure[1, 1] = True
    for slices, rows, gap in links:
        structure[1 + slices, 1 + rows, 1 - gap : 2 + gap] = True
    structure |= structure[::-1, ::-1, ::-1]
    labels = slab.astype(np.int32)
    count = ndimage.label(labels, structure, output=labels)
    label = labels[begins]
    first = np.zeros(count + 1, np.int32)
    first[label[::-1]] = np.arange(label.size, dtype=np.int32)[::-1]  # the last one written stays
    return first[label]


def _join(first: Positions, here: Positions, there: Positions) -> None:
    """Hang, in place, the parts of runs that hang together on the earliest of them."""
    while True:
        here, there = _roots(first, here), _roots(first, there)
        apart = here != there
        if not apart.any():
            return
        here, there = here[apart], there[apart]
        # The earlier one is never hung below the later: no circle.
        later = np.maximum(here, there)
        first[later] = np.minimum(here, there)
        _shorten(first, later)


def _roots(first: Positions, places: Positions) -> Positions:
    """Return where runs lead to in the end."""
    while True:
        farther = taken(first, places)
        if np.array_equal(farther, places):
            return places
        places = farther


def _shorten(first: Positions, hung: Positions) -> None:
    """Let, in place, what was hung on one another point to the end of its chain."""
    if hung.size > MANY * first.size:
        _follow_to_the_end(first)
        return
    while True:
        here = taken(first, hung)
        farther = taken(first, here)
        if np.array_equal(farther, here):
            return
        first[hung] = farther


def _follow_to_the_end(first: Positions) -> None:
    """Let each run point, in place, to where the one it points to leads."""
    is_moving = True
    while is_moving:
        is_moving = False
        for some in cuts(first.size):
            farther = first[first[some]]
            if not np.array_equal(farther, first[some]):
                first[some], is_moving = farther, True


def _number(first: Positions) -> int:
    """Turn, in place, the first run of each part into the part's number; return how many."""
    count = 0
    for some in cuts(first.size):
        here = first[some]
        is_first = here == np.arange(some.start, some.stop, dtype=first.dtype)
        new = np.cumsum(is_first, dtype=first.dtype)
        others = here[~is_first]
        here[is_first] = new[is_first] + (count - 1)
        here[~is_first] = first[others]  # these come earlier, and have their numbers by now
        count += int(new[-1])
    return count
