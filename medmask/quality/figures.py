"""What can be counted and measured in a label map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medmask.labels import Label, LabelMap
from medmask.volume import Volume

FACES = (("first_slice", "last_slice"), ("first_row", "last_row"), ("first_column", "last_column"))


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
    slices : int
        Slices that hold at least one voxel.
    border : tuple of str
        Faces of the array that the mask touches.
    """

    voxels: int
    volume_ml: float | None
    share_of_body: float | None
    native_mean: float | None
    native_sd: float | None
    slices: int
    border: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """Figures of both labels."""

    soft_tissue: MaskFigures
    bone: MaskFigures


def measure(volume: Volume, labels: LabelMap) -> Figures:
    """Measure both labels, slice by slice, with no copy of the volume.

    Parameters
    ----------
    volume : Volume
    labels : LabelMap
        On the volume's grid.
    """
    body = int(np.count_nonzero(labels.voxels))
    soft, bone = (
        _measure(volume, labels, label, body) for label in (Label.SOFT_TISSUE, Label.BONE)
    )
    return Figures(soft, bone)


def _measure(volume: Volume, labels: LabelMap, label: Label, body: int) -> MaskFigures:
    voxels = slices = counted = 0
    mean = squares = 0.0
    for slab, here in zip(volume.voxels, labels.voxels, strict=True):
        mask = here == label
        found = int(np.count_nonzero(mask))
        if not found:
            continue
        voxels, slices = voxels + found, slices + 1
        inside = volume.valid(slab)
        native = volume.rescale.native(slab[mask if inside is None else mask & inside])
        if native.size:  # Chan's update: exact in one pass, whatever the offset of the values
            gap, share = float(native.mean()) - mean, native.size / (counted + native.size)
            squares += float(native.var()) * native.size + gap * gap * counted * share
            mean, counted = mean + gap * share, counted + native.size
    each = labels.grid.voxel_ml
    return MaskFigures(
        voxels=voxels,
        volume_ml=None if each is None else voxels * each,
        share_of_body=voxels / body if body else None,
        native_mean=mean if counted else None,
        native_sd=float(np.sqrt(squares / counted)) if counted else None,
        slices=slices,
        border=_border(labels.voxels, label),
    )


def _border(voxels: NDArray[np.uint8], label: Label) -> tuple[str, ...]:
    """Name the faces touched; an axis of one voxel has no faces."""
    return tuple(
        name
        for axis, names in enumerate(FACES)
        for end, name in zip((0, -1), names, strict=True)
        if voxels.shape[axis] > 1 and bool((voxels.take(end, axis) == label).any())
    )
