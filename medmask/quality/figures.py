"""What can be counted and measured in a label map."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from medmask.grid import Grid
from medmask.labels import Label, LabelMap
from medmask.quality.changes import Changes
from medmask.quality.tally import Percentiles, Tally
from medmask.volume import Volume

FACES = (("first_slice", "last_slice"), ("first_row", "last_row"), ("first_column", "last_column"))


@dataclass(frozen=True)
class Box:
    """The smallest box about a mask, along (slice, row, column).

    Attributes
    ----------
    first, last : tuple of int
        Indices of its corners, both inclusive.
    size_mm : tuple of (float or None)
        Its edges' lengths, ``None`` where the spacing is unknown.
    """

    first: tuple[int, ...]
    last: tuple[int, ...]
    size_mm: tuple[float | None, ...]


@dataclass(frozen=True)
class MaskFigures:
    """Figures of one label.

    Attributes
    ----------
    voxels : int
    volume_ml : float or None
        ``None`` where the spacing is unknown.
    share_of_body : float or None
        Of soft tissue and bone together; ``None`` if both are empty.
    native_mean, native_sd : float or None
        Over valid voxels, in native units; ``None`` if there are none.
    native_percentiles : Percentiles or None
        Of the same voxels.
    slices : int
        Slices that hold at least one voxel.
    parts : int or None
        Pieces that do not touch one another, not even by a corner; ``None`` if not counted.
    box : Box or None
        ``None`` for an empty mask.
    border : tuple of str
        Faces of the array that the mask touches.
    """

    voxels: int
    volume_ml: float | None
    share_of_body: float | None
    native_mean: float | None
    native_sd: float | None
    native_percentiles: Percentiles | None
    slices: int
    parts: int | None
    box: Box | None
    border: tuple[str, ...]


@dataclass(frozen=True)
class Parts:
    """In how many pieces each label lies."""

    soft_tissue: int
    bone: int


@dataclass(frozen=True)
class Figures:
    """Figures of both labels, and how their masks came about.

    Attributes
    ----------
    soft_tissue, bone : MaskFigures
    changes : Changes
        Volumes from the threshold through each step.
    """

    soft_tissue: MaskFigures
    bone: MaskFigures
    changes: Changes = field(default_factory=Changes)


def measure(
    volume: Volume, labels: LabelMap, changes: Changes | None = None, parts: Parts | None = None
) -> Figures:
    """Measure both labels, slice by slice, with no copy of the volume.

    Parameters
    ----------
    volume : Volume
    labels : LabelMap
        On the volume's grid.
    changes : Changes, optional
        What the steps did, to be kept with the figures.
    parts : Parts, optional
        What was counted already.
    """
    counted = (None, None) if parts is None else (parts.soft_tissue, parts.bone)
    found = _Survey(volume, labels)
    body = sum(int(one.per_slice.sum()) for one in found.labels)
    soft, bone = (
        found.figures(one, body, count) for one, count in zip(found.labels, counted, strict=True)
    )
    return Figures(soft, bone, changes or Changes())


@dataclass(frozen=True, eq=False)
class _Found:
    """What is gathered of one label.

    Attributes
    ----------
    label : Label
    tally : Tally
        Of the stored values in it.
    per_slice : ndarray of int64, shape (slices,)
        Its voxels.
    """

    label: Label
    tally: Tally
    per_slice: NDArray[np.int64]


class _Survey:
    """One pass over the slices, for both labels."""

    def __init__(self, volume: Volume, labels: LabelMap) -> None:
        self._grid, shape = labels.grid, labels.grid.shape
        self.labels = tuple(
            _Found(label, Tally(volume), np.zeros(shape[0], np.int64))
            for label in (Label.SOFT_TISSUE, Label.BONE)
        )
        self._through = np.zeros(shape[1:], np.uint8)  # each label is a bit of its own
        for k, (slab, here) in enumerate(zip(volume.voxels, labels.voxels, strict=True)):
            self._through |= here
            for found in self.labels:
                mask = here == found.label
                found.per_slice[k] = np.count_nonzero(mask)
                if found.per_slice[k]:
                    found.tally.add(slab[mask])

    def figures(self, found: _Found, body: int, parts: int | None) -> MaskFigures:
        """Return a label's figures, given the voxels of both labels and its pieces."""
        voxels, each = int(found.per_slice.sum()), self._grid.voxel_ml
        mean, sd = found.tally.mean_and_sd()
        through = (self._through & found.label) > 0
        rows, columns = np.asarray(through.any(axis=1)), np.asarray(through.any(axis=0))
        occupied = (found.per_slice > 0, rows, columns)
        return MaskFigures(
            voxels=voxels,
            volume_ml=None if each is None else voxels * each,
            share_of_body=voxels / body if body else None,
            native_mean=mean,
            native_sd=sd,
            native_percentiles=found.tally.percentiles(),
            slices=int(np.count_nonzero(found.per_slice)),
            parts=parts,
            box=_box(occupied, self._grid),
            border=_border(occupied),
        )


def _box(occupied: tuple[NDArray[np.bool_], ...], grid: Grid) -> Box | None:
    """Return the box about what is occupied along each axis."""
    if not occupied[0].any():
        return None
    first = tuple(int(line.argmax()) for line in occupied)
    last = tuple(line.size - 1 - int(line[::-1].argmax()) for line in occupied)
    spans = zip(first, last, grid.spacing_mm, strict=True)
    return Box(first, last, tuple(s and (high - low + 1) * s for low, high, s in spans))


def _border(occupied: tuple[NDArray[np.bool_], ...]) -> tuple[str, ...]:
    """Name the faces touched; an axis of one voxel has no faces."""
    return tuple(
        name
        for line, names in zip(occupied, FACES, strict=True)
        for end, name in zip((0, -1), names, strict=True)
        if line.size > 1 and bool(line[end])
    )
