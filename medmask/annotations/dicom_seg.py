"""DICOM segmentations as named marks: BINARY, FRACTIONAL and LABELMAP."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from medmask.annotation import OPAQUE
from medmask.annotations.data_set import (
    demand_same_subject,
    numbers,
    read_data_set,
    sequence,
    text_of,
    whole_number,
    without_identity,
)
from medmask.annotations.drawing import Drawing, Mark, Sheet
from medmask.annotations.lab import rgb_of_lab
from medmask.annotations.lay import lay
from medmask.annotations.packing import Packing
from medmask.annotations.result import Reading
from medmask.annotations.seg_frames import SegPlanes, planes_of
from medmask.annotations.seg_pixels import SegPixels
from medmask.errors import BadHeader, TooLarge, UnsupportedPixels
from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.scan import AnnotationFile, Scan

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_BACKGROUND: Final = "125040"  # DCM, Background: a label map's word for nothing
_LARGEST_VOXELS: Final = 1 << 32


@dataclass(frozen=True)
class _Segment:
    """One item of the Segment Sequence."""

    number: int
    name: str
    colour: str | None
    is_background: bool


def read_dicom_seg(file: AnnotationFile, scan: Scan, grid: Grid) -> Reading:
    """Return the segments of a DICOM segmentation on a scan's grid.

    Frames lie where their own positions say. Segments that overlap stay apart; slices that no
    frame describes are empty.

    Parameters
    ----------
    file : AnnotationFile
    scan : Scan
    grid : Grid
        The scan's.

    Raises
    ------
    OtherPatient, OtherFrameOfReference, NoOverlap, OtherShape
        If it was drawn on something else.
    ScanError
        If it is damaged, or of a kind that is not read.

    References
    ----------
    DICOM PS3.3 A.51 and C.8.20, Segmentation; A.96, Label Map Segmentation.
    """
    where = file.files[0].name
    dataset = read_data_set(file.files[0], pixels=True)
    demand_same_subject(dataset, scan, where)
    pixels = SegPixels(dataset, where)
    described = sequence(dataset, "PerFrameFunctionalGroupsSequence")
    if described and len(described) != pixels.count:
        found = f"{len(described)} descriptions of {pixels.count} frames"
        raise BadHeader(where, found, "one for each frame")
    planes = planes_of(dataset, pixels.shape, grid, where)
    if float(np.prod(np.array(planes.grid.shape, float))) > _LARGEST_VOXELS:
        raise TooLarge(where, f"{planes.grid.shape} voxels", f"at most {_LARGEST_VOXELS}")
    source = _Source(dataset, pixels, planes, where)
    kind = text_of(dataset, "SegmentationType").upper()
    if kind not in _KINDS:
        raise UnsupportedPixels(where, f"the Segmentation Type {kind!r}", ", ".join(_KINDS))
    drawing = _KINDS[kind](source)
    warnings = (*drawing.warnings, *_moved(planes, where))
    return Reading(tuple(lay(drawing, grid, file)), warnings)


def _moved(planes: SegPlanes, where: str) -> tuple[ScanWarning, ...]:
    if not planes.moved_mm:
        return ()
    text = f"{where}: frames at uneven steps lie on the scan's nearest slices, "
    return (ScanWarning("frames_moved", f"{text}moved by up to {planes.moved_mm:.2f} mm"),)


@dataclass(frozen=True, eq=False)
class _Source:
    """A segmentation, opened."""

    dataset: Dataset
    pixels: SegPixels
    planes: SegPlanes
    where: str

    def segments(self) -> list[_Segment]:
        found = [
            _segment(item, self.dataset, self.where)
            for item in sequence(self.dataset, "SegmentSequence")
        ]
        if not found:
            raise BadHeader(self.where, "no segments", "(0062,0002) Segment Sequence")
        return sorted(found, key=lambda segment: segment.number)

    def frames_by_segment(self) -> dict[int, list[int]]:
        """Return the numbers of each segment's frames."""
        import pydicom

        frames: dict[int, list[int]] = defaultdict(list)
        shared = sequence(self.dataset, "SharedFunctionalGroupsSequence")[:1]
        each = sequence(self.dataset, "PerFrameFunctionalGroupsSequence")
        for number, group in enumerate(each or ((pydicom.Dataset(),) * self.pixels.count)):
            items = [
                item
                for one in (group, *shared)
                for item in sequence(one, "SegmentIdentificationSequence")
            ]
            named = whole_number(items[0], "ReferencedSegmentNumber", self.where) if items else None
            if named is None:
                found = f"frame {number + 1} names no segment"
                raise BadHeader(self.where, found, "(0062,000b) of every frame")
            frames[named].append(number)
        return frames

    def mask(self, frames: list[int]) -> NDArray[np.bool_]:
        """Return where some frames are set, on the planes' grid."""
        voxels = np.zeros(self.planes.grid.shape, np.bool_)
        for number in frames:
            voxels[self.planes.slice_of[number]] |= self.pixels.frame(number) != 0
        return voxels

    def volume(self, frames: list[int], kind: Any) -> NDArray[Any]:  # noqa: ANN401 - a type
        """Return some frames on the planes' grid; two at one place are joined."""
        voxels = np.zeros(self.planes.grid.shape, kind)
        for number in frames:
            slab = voxels[self.planes.slice_of[number]]
            np.maximum(slab, self.pixels.frame(number), out=slab, casting="unsafe")
        return voxels


def _binary(source: _Source) -> Drawing:
    packing = Packing(source.planes.grid.shape)
    marks, frames = [], source.frames_by_segment()
    for segment in source.segments():
        sheet, value = packing.add(source.mask(frames.get(segment.number, [])))
        marks.append(Mark(segment.name, sheet, value, segment.colour))
    warnings = _undescribed(set(frames), source)
    return Drawing(source.planes.grid, packing.sheets(), tuple(marks), warnings)


def _fractional(source: _Source) -> Drawing:
    most = whole_number(source.dataset, "MaximumFractionalValue", source.where)
    if source.pixels.bits != 8 or most is None or not 1 <= most <= 255:
        found = f"fractions of {source.pixels.bits} bits up to {most}"
        raise BadHeader(source.where, found, "8 bits and (0062,000e) of 1 to 255")
    sheets: list[Sheet] = []
    marks, frames = [], source.frames_by_segment()
    for segment in source.segments():
        stored = source.volume(frames.get(segment.number, []), np.uint8)
        if stored.max() > most:
            found = f"a fraction of {stored.max()} where {most} is the whole"
            raise BadHeader(source.where, found, "fractions up to (0062,000e)")
        if most != OPAQUE:
            table = np.rint(np.arange(256) * (OPAQUE / most)).clip(0, OPAQUE).astype(np.uint8)
            stored = table[stored]
        marks.append(Mark(segment.name, len(sheets), None, segment.colour))
        sheets.append(stored)
    warnings = _undescribed(set(frames), source)
    return Drawing(source.planes.grid, tuple(sheets), tuple(marks), warnings)


def _label_map(source: _Source) -> Drawing:
    """Read stored values as the numbers of segments; padding and background are nothing."""
    voxels = source.volume(
        list(range(source.pixels.count)), np.uint8 if source.pixels.bits == 8 else np.uint16
    )
    padding = whole_number(source.dataset, "PixelPaddingValue", source.where)
    segments = source.segments()
    nothing = {segment.number for segment in segments if segment.is_background} | {0, padding}
    marks = [
        Mark(segment.name, 0, segment.number, segment.colour)
        for segment in segments
        if segment.number not in nothing
    ]
    for value in nothing - {0, None}:
        voxels[voxels == value] = 0
    found = {int(value) for value in np.unique(voxels)} - {0}
    warnings = _undescribed(found, source)
    return Drawing(source.planes.grid, (voxels,), tuple(marks), warnings)


_KINDS: Final = {"BINARY": _binary, "FRACTIONAL": _fractional, "LABELMAP": _label_map}


def _undescribed(numbers_found: set[int], source: _Source) -> tuple[ScanWarning, ...]:
    unknown = sorted(numbers_found - {segment.number for segment in source.segments()})
    if not unknown:
        return ()
    text = f"{source.where}: the segments {unknown[:12]} are not described and were left out"
    return (ScanWarning("undescribed_segments", text),)


def _segment(item: Dataset, dataset: Dataset, where: str) -> _Segment:
    number = whole_number(item, "SegmentNumber", where)
    if number is None or number < 0:
        raise BadHeader(where, f"the segment number {number}", "(0062,0004), 0 or more")
    name = without_identity(text_of(item, "SegmentLabel"), dataset, f"segment {number}")
    codes = sequence(item, "SegmentedPropertyTypeCodeSequence")
    is_background = any(text_of(code, "CodeValue") == _BACKGROUND for code in codes)
    lab = numbers(item, "RecommendedDisplayCIELabValue", 3, where)
    return _Segment(number, name, None if lab is None else rgb_of_lab(lab), is_background)
