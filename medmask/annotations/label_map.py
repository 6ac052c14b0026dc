"""Label maps and probability maps in NIfTI, Analyze, NRRD and MetaImage files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from medmask.annotation import OPAQUE
from medmask.annotations.bids import BidsName
from medmask.annotations.drawing import Drawing, Mark, Sheet
from medmask.annotations.lay import lay
from medmask.annotations.result import Reading
from medmask.annotations.slicer import Segment, slicer_segments
from medmask.annotations.tables import Entry, read_table
from medmask.errors import BadValues, NoValidVoxels, OtherPatient
from medmask.grid import Grid
from medmask.readers import OPENERS, ReadOptions
from medmask.readers.arrays import ArrayFile
from medmask.readers.arrays.block import check_block, read_block
from medmask.readers.border import reading
from medmask.rescale import Rescale
from medmask.scan import AnnotationFile, Scan

MOST_LABELS: Final = 512  # no atlas has more; intensities have
_LARGEST_LABEL: Final = (1 << 16) - 1
_EACH: Final = ReadOptions(time_series="each")


def read_label_map(file: AnnotationFile, scan: Scan, grid: Grid) -> Reading:
    """Return the labels of a file on a scan's grid; each label is an annotation of its own.

    Whole numbers are labels, 0 is nothing; fractions of 0 to 1 are opacities. Several volumes in a
    file are layers.

    Parameters
    ----------
    file : AnnotationFile
    scan : Scan
    grid : Grid
        The scan's.

    Raises
    ------
    OtherPatient
        If BIDS names tell of two subjects.
    BadValues
        If the values are neither.
    NoOverlap, OtherShape
        If it was drawn on something else.
    ScanError
        If the file is damaged or not understood.
    """
    _demand_same_subject(file, scan)
    with reading(file.files[0].name):
        opened = OPENERS[file.format](file.files[0])
        segments = slicer_segments(file.files[0]) if opened.annotation else ()
        entries = dict(read_table(file.files[-1])) if len(file.files) > 1 else {}
        count = opened.block.volumes
        drawing = Drawing(opened.grid, (), (), opened.warnings)
        for number in range(count):
            layer = [one for one in segments if one.layer == number]
            sheet, is_opacity, more = _sheet(opened, number)
            names = file.name if count == 1 else f"{file.name} {number + 1}"
            marks = _marks(sheet, (names, entries, layer), len(drawing.sheets), is_opacity)
            drawing = replace(
                drawing,
                sheets=(*drawing.sheets, sheet),
                marks=(*drawing.marks, *marks),
                warnings=(*drawing.warnings, *more),
            )
    return Reading(tuple(lay(drawing, grid, file)), drawing.warnings)


def _demand_same_subject(file: AnnotationFile, scan: Scan) -> None:
    own = BidsName.of(file.files[0])
    other = BidsName.of(scan.files[0]) if scan.files else None
    if own is not None and other is not None and own.is_other_subject(other):
        found = f"sub-{own.entities['sub']} for a scan of sub-{other.entities['sub']}"
        raise OtherPatient(file.files[0].name, found, "an annotation of the scan's own subject")


def _sheet(opened: ArrayFile, number: int) -> tuple[Sheet, bool, tuple[Any, ...]]:
    """Return one volume as labels or opacities, whether it is the latter, and warnings."""
    block = replace(opened.block, chosen=number)
    check_block(block, _EACH)
    voxels, tail = read_block(block, _EACH)
    where = opened.path.name
    if voxels.dtype.kind != "f" and opened.rescale.is_identity:
        return _labels(voxels, where), False, tail
    sheet, is_opacity = _of_floats(voxels, opened.rescale, where)
    return sheet, is_opacity, tail


def _labels(voxels: NDArray[Any], where: str) -> Sheet:
    low, high = int(voxels.min()), int(voxels.max())
    if low < 0 or high > _LARGEST_LABEL:
        found = f"whole numbers from {low} to {high}"
        raise BadValues(where, found, f"labels from 0 to {_LARGEST_LABEL}, or fractions of 0 to 1")
    if high <= 255:
        return voxels.astype(np.uint8, copy=False)
    return voxels.astype(np.uint16, copy=False)


def _of_floats(voxels: NDArray[Any], rescale: Rescale, where: str) -> tuple[Sheet, bool]:
    """Turn floats, or integers with a rescale, into labels or opacities, slice by slice."""
    low, high, whole = np.inf, -np.inf, True
    for slab in voxels:
        native = rescale.native(slab)
        if not np.isfinite(native).all():
            raise NoValidVoxels(where, "voxels that are NaN or infinite", "numbers everywhere")
        low, high = min(low, float(native.min())), max(high, float(native.max()))
        whole = whole and bool((native == np.rint(native)).all())
    is_opacity = not whole
    most = 1 if is_opacity else _LARGEST_LABEL
    if low < 0 or high > most:
        kind = "whole numbers" if whole else "fractions"
        accepted = f"labels from 0 to {_LARGEST_LABEL}, or fractions of 0 to 1"
        raise BadValues(where, f"{kind} from {low:g} to {high:g}", accepted)
    sheet = np.empty(voxels.shape, np.uint8 if is_opacity or high <= 255 else np.uint16)
    for slab, out in zip(voxels, sheet, strict=True):
        native = rescale.native(slab)
        out[...] = np.rint(native * OPAQUE) if is_opacity else native
    return sheet, is_opacity


def _marks(
    sheet: Sheet,
    known: tuple[str, Mapping[int, Entry], list[Segment]],
    number: int,
    is_opacity: bool,
) -> list[Mark]:
    """Return a mark for each label there is, and for each that the header names."""
    name, entries, segments = known
    if is_opacity:
        named = segments[0] if len(segments) == 1 else None
        return [Mark(named.name if named else name, number, None, named.colour if named else None)]
    if segments:
        return [Mark(one.name, number, one.value, one.colour) for one in segments]
    values = _values(sheet)
    if len(values) > MOST_LABELS:
        found = f"{len(values)} different values"
        raise BadValues(name or "label map", found, f"at most {MOST_LABELS} labels")
    if not values:
        return [Mark(name, number, 1)]
    only = len(values) == 1
    marks = []
    for value in values:
        entry = entries.get(value, Entry(name if only else f"{name} {value}"))
        marks.append(Mark(entry.name, number, value, entry.colour))
    return marks


def _values(sheet: Sheet) -> list[int]:
    """Return the labels there are, in their order."""
    seen = np.zeros(1 << 16, np.bool_)
    for slab in sheet:
        seen[slab.ravel()] = True
    return [int(value) for value in np.flatnonzero(seen) if value]
