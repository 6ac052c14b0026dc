"""A mask or label map held against a reference, label by label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from medmask.errors import Mismatch, UnclearMask
from medmask.placement import Placement, difference
from medmask.quality import TOLERANCE_MM, Agreement, agree
from medmask.readers import Raster

_MOST_LABELS: Final = 1000  # TotalSegmentator has 117, the finest brain atlases some hundred
_COUNTED: Final = 1 << 16


@dataclass(frozen=True)
class Wanted:
    """What of two label maps is compared.

    Attributes
    ----------
    labels, reference_labels : tuple of int
        These labels together make the mask; empty for each label by itself.
    names : mapping of int to str
        What labels are called.
    tolerance_mm : float
        Of the surface Dice.
    """

    labels: tuple[int, ...]
    reference_labels: tuple[int, ...]
    names: Mapping[int, str]
    tolerance_mm: float = TOLERANCE_MM


@dataclass(frozen=True)
class Compared:
    """One label's agreement.

    Attributes
    ----------
    label : int or None
        ``None`` where two masks, or chosen labels of them, are compared whatever their values.
    name : str
    agreement : Agreement
    """

    label: int | None
    name: str
    agreement: Agreement


@dataclass(frozen=True)
class Comparison:
    """All labels of two maps.

    Attributes
    ----------
    labels : tuple of Compared
    displacement_mm : float
        How far the grids lie apart by the rounding of their headers.
    is_reordered : bool
        Whether the arrays run different ways through the same voxels.
    is_placed : bool
        Whether both say where they lie; otherwise only their shapes are known to agree.
    """

    labels: tuple[Compared, ...]
    displacement_mm: float
    is_reordered: bool
    is_placed: bool


def compare(mask: Raster, reference: Raster, wanted: Wanted) -> Comparison:
    """Compare two masks or label maps that have the same voxels.

    Parameters
    ----------
    mask, reference : Raster
        Of whole numbers. If each has one label at most, these are compared whatever their values
        (1 and 255 both mean "yes"); otherwise each label is compared with its namesake.
    wanted : Wanted

    Raises
    ------
    Mismatch
        If they lie on different grids: nothing is resampled. Arrays that run different ways
        through the same voxels are put in order.
    UnclearMask
        If one of them is no label map.
    """
    placement = Placement.between(mask.grid, reference.grid)
    if not placement.is_one_to_one:
        apart = difference(mask.grid, reference.grid)
        raise Mismatch(
            f"{mask.name} and {reference.name} lie on different grids: {apart}; "
            f"accepted: two masks with the same voxels, nothing is resampled"
        )
    ours, theirs = placement.reordered(_labels(mask)), _labels(reference)
    grid = reference.grid if any(reference.grid.spacing_known) else mask.grid
    found = tuple(
        Compared(pair.label, pair.name, agree(pair.mask, pair.reference, grid, wanted.tolerance_mm))
        for pair in _pairs(ours, theirs, wanted)
    )
    is_placed = mask.grid.oriented and reference.grid.oriented
    return Comparison(found, placement.displacement_mm or 0.0, not placement.is_identity, is_placed)


def _labels(raster: Raster) -> NDArray[Any]:
    """Return whole numbers, shape (slices, rows, columns), in the file's own type if it can be."""
    accepted = "accepted: a mask, or a label map of whole numbers"
    first = raster.samples[..., 0]
    channels = (raster.samples[..., k] for k in range(1, raster.samples.shape[-1]))
    if not all(np.array_equal(channel, first) for channel in channels):
        raise UnclearMask(f"{raster.name}: coloured; {accepted}")
    if raster.alpha is not None and (raster.alpha != raster.alpha.flat[0]).any():
        raise UnclearMask(f"{raster.name}: its opacity varies; {accepted}")
    if raster.volume.is_integer and raster.volume.rescale.is_identity:
        labels = first
    else:
        labels = np.empty(first.shape, np.int32)
        for slab, stored in zip(labels, first, strict=True):
            native = raster.volume.rescale.native(stored)
            if not (np.isfinite(native).all() and (native == np.rint(native)).all()):
                raise UnclearMask(f"{raster.name}: values that are not whole numbers; {accepted}")
            slab[...] = native
    if labels.min() < 0:
        raise UnclearMask(f"{raster.name}: values down to {labels.min()}; {accepted}")
    return labels


@dataclass(frozen=True, eq=False)
class _Pair:
    label: int | None
    name: str
    mask: NDArray[np.bool_]
    reference: NDArray[np.bool_]


def _pairs(ours: NDArray[Any], theirs: NDArray[Any], wanted: Wanted) -> Iterator[_Pair]:
    """Yield the masks to compare, one pair in memory."""
    present = [_values(labels) - {0} for labels in (ours, theirs)]
    if wanted.labels or wanted.reference_labels:
        one = _chosen(ours, wanted.labels, present[0])
        other = _chosen(theirs, wanted.reference_labels, present[1])
        sums = (_listed(some) or "mask" for some in (wanted.labels, wanted.reference_labels))
        yield _Pair(None, " against ".join(sums), one, other)
        return
    if all(len(labels) <= 1 for labels in present):
        yield _Pair(None, "mask", ours != 0, theirs != 0)
        return
    every = sorted(present[0] | present[1])
    if len(every) > _MOST_LABELS:
        raise UnclearMask(
            f"{len(every)} different values; accepted: label maps of at most {_MOST_LABELS} labels"
        )
    for n in every:
        yield _Pair(n, wanted.names.get(n, f"label {n}"), ours == n, theirs == n)


def _chosen(labels: NDArray[Any], wanted: tuple[int, ...], present: set[int]) -> NDArray[np.bool_]:
    """Return where some labels lie; any of them if none is named."""
    if wanted and not set(wanted) & present:
        there = ", ".join(map(str, sorted(present)[:20])) or "none"
        raise Mismatch(f"no label {_listed(wanted)} in the label map; accepted: {there}")
    return np.isin(labels, list(wanted)) if wanted else labels != 0


def _values(labels: NDArray[Any]) -> set[int]:
    """Return the different values of a label map, slice by slice."""
    found: set[int] = set()
    for slab in labels:
        if int(slab.max()) < _COUNTED:
            found.update(np.flatnonzero(np.bincount(slab.ravel())).tolist())
        else:
            found.update(np.unique(slab).tolist())
    return found


def _listed(labels: tuple[int, ...]) -> str:
    """Return numbers as they are given: ``2``, ``1+2``, ``25..50``."""
    if len(labels) > 2 and list(labels) == list(range(labels[0], labels[-1] + 1)):
        return f"{labels[0]}..{labels[-1]}"
    return "+".join(map(str, labels)) if len(labels) < 5 else f"{labels[0]}+...+{labels[-1]}"
