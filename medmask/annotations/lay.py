"""A drawing onto a scan's grid, with the verdict of how well it fits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from medmask.annotation import Annotation, Fit, Verdict
from medmask.annotations.drawing import Drawing, Mark, Sheet
from medmask.annotations.words import size_of, span_of
from medmask.errors import NoOverlap, OtherShape
from medmask.grid import Grid
from medmask.placement import Placement
from medmask.scan import AnnotationFile

_LARGEST_VALUE: Final = 1 << 16
_SAME_MM: Final = 1e-3


def lay(drawing: Drawing, target: Grid, file: AnnotationFile) -> list[Annotation]:
    """Return a drawing's marks on a scan's grid.

    Labels that lie on other voxels than the scan's take the nearest one; opacities are
    interpolated linearly. Nothing is stretched or shifted to fit.

    Parameters
    ----------
    drawing : Drawing
        On its own grid.
    target : Grid
        The scan's.
    file : AnnotationFile
        Names the drawing in errors.

    Raises
    ------
    NoOverlap
        If nothing of the drawing lies inside the scan.
    OtherShape
        If either has no place in the world and their shapes differ.
    """
    if not (drawing.grid.oriented and target.oriented):
        _demand_same_shape(drawing.grid, target, file)
    placement = Placement.between(drawing.grid, target)
    placed, amounts = [], []
    for number, sheet in enumerate(drawing.sheets):
        opaque = any(mark.sheet == number and mark.value is None for mark in drawing.marks)
        put = placement.linear if opaque else placement.nearest
        placed.append(put(sheet.astype(np.uint8, copy=False) if opaque else sheet))
        amounts.append(_Amounts.of(sheet, placed[-1], placement, opaque=opaque))
    if not any(amount.inside.any() for amount in amounts):
        _demand_overlap(placement, file, is_empty=not any(amount.total.any() for amount in amounts))
    return [
        Annotation(
            name=mark.name,
            kind=file.kind,
            source=file.source,
            voxels=placed[mark.sheet],
            value=mark.value,
            verdict=_verdict(placement, amounts[mark.sheet], mark),
            colour=mark.colour,
        )
        for mark in drawing.marks
    ]


@dataclass(frozen=True, eq=False)
class _Amounts:
    """How much there is of each value: in the drawing, in its part inside the scan, as placed."""

    total: NDArray[np.int64]
    inside: NDArray[np.int64]
    placed: NDArray[np.int64]

    @classmethod
    def of(cls, sheet: Sheet, placed: Sheet, placement: Placement, *, opaque: bool) -> _Amounts:
        total = _counts(sheet)
        if placement.is_identity:
            found = (total, total, total)
        else:
            found = (total, _counts_inside(sheet, placement), _counts(placed))
        if not opaque:
            return cls(*found)
        weights = np.arange(_LARGEST_VALUE)
        return cls(*(np.array([int(counts @ weights)]) for counts in found))


def _counts(sheet: Sheet) -> NDArray[np.int64]:
    """Count each value but 0, slice by slice."""
    total = np.zeros(_LARGEST_VALUE, np.int64)
    for slab in sheet:
        if slab.any():
            total += np.bincount(slab.ravel(), minlength=_LARGEST_VALUE)
    total[0] = 0
    return total


def _counts_inside(sheet: Sheet, placement: Placement) -> NDArray[np.int64]:
    """Count values of the voxels whose centres lie inside the scan."""
    total = np.zeros(_LARGEST_VALUE, np.int64)
    for k, slab in enumerate(sheet):
        row, column = np.nonzero(slab)
        if row.size:
            inside = placement.inside(np.stack([np.full(row.size, k), row, column], axis=1))
            values = slab[row[inside], column[inside]]
            total += np.bincount(values, minlength=_LARGEST_VALUE)
    return total


def _demand_same_shape(source: Grid, target: Grid, file: AnnotationFile) -> None:
    """Refuse a drawing that goes by its voxels' order alone, unless the scan has as many."""
    if source.shape != target.shape:
        found = f"{size_of(source)} voxels for a scan of {size_of(target)}"
        accepted = "the scan's own size, as one of the two has no place in the world"
        raise OtherShape(file.files[0].name, found, accepted)
    known = zip(source.spacing_mm, target.spacing_mm, strict=True)
    apart = [(a, b) for a, b in known if a is not None and b is not None and abs(a - b) > 0.01 * b]
    if apart:
        found = f"steps of {apart[0][0]:g} mm for a scan with {apart[0][1]:g} mm"
        raise OtherShape(file.files[0].name, found, "the scan's own steps")


def _demand_overlap(placement: Placement, file: AnnotationFile, *, is_empty: bool) -> None:
    """Refuse a drawing that lies beside the scan; an empty one may lie upon it."""
    if is_empty and placement.overlaps:
        return
    here, there = (span_of(grid.corners()) for grid in (placement.source, placement.target))
    found = f"nothing of it lies inside the scan: it spans {here}, the scan {there}"
    raise NoOverlap(file.files[0].name, found, "a drawing on this scan")


def _verdict(placement: Placement, amounts: _Amounts, mark: Mark) -> Verdict:
    slot = 0 if mark.value is None else mark.value
    total, inside, placed = (
        int(counts[slot]) for counts in (amounts.total, amounts.inside, amounts.placed)
    )
    fitted = _fitted(placement, is_label=mark.value is not None)
    if fitted.fit is Fit.RESAMPLED and inside:
        scans = abs(np.linalg.det(placement.matrix))  # a voxel of the scan, in the drawing's
        change = placed * scans / inside - 1
        text = f"{fitted.message}; its volume changed by {100 * change:+.2f} %"
        fitted = replace(fitted, message=text, volume_change=float(change))
    if total > inside:
        lost = 1 - inside / total
        text = f"{fitted.message}; {100 * lost:.2f} % of it lies outside the scan and is lost"
        fitted = replace(fitted, fit=Fit.PARTLY_OUTSIDE, message=text, share_lost=lost)
    return fitted


def _fitted(placement: Placement, *, is_label: bool) -> Verdict:
    """Say how the grids stand to each other, whatever is drawn."""
    if not placement.source.oriented or not placement.target.oriented:
        text = "it has no place in the world; taken voxel for voxel, as the sizes are equal"
        if not placement.target.oriented and not placement.source.oriented:
            text = "the scan's own size; neither has a place in the world"
            return Verdict(Fit.IDENTICAL, text)
        return Verdict(Fit.INDEX_FOR_INDEX, text)
    if placement.displacement_mm is None:
        how = "the nearest voxel was taken" if is_label else "it was interpolated linearly"
        steps = " x ".join(f"{step:.4g}" for step in placement.source.steps)
        own = f"the same world on another grid ({size_of(placement.source)} voxels of {steps} mm)"
        return Verdict(Fit.RESAMPLED, f"{own}; {how}")
    moved = placement.displacement_mm
    other_order = f", as {size_of(placement.source)} of them in an order of its own"
    block = "" if placement.is_identity else other_order
    if moved <= _SAME_MM:
        return Verdict(Fit.IDENTICAL, f"the scan's own voxels{block}", moved)
    text = f"the scan's own voxels{block}, but for rounding in a header: snapped by {moved:.4f} mm"
    return Verdict(Fit.SNAPPED, text, moved)
