"""DICOM overlay planes (60xx): bits drawn over the images that carry them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from medmask.annotation import Annotation, Fit, Verdict
from medmask.annotations.data_set import read_data_set
from medmask.annotations.packing import Packing
from medmask.annotations.result import Reading
from medmask.errors import BadHeader, NoOverlap, ScanError, Truncated, UnsupportedEncoding
from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.readers import Header, read_header
from medmask.readers.dicom.functional_groups import expanded
from medmask.scan import AnnotationFile, Scan

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

GROUPS: Final = range(0x6000, 0x6020, 2)  # PS3.5 7.6: sixteen groups at most
_OFF_SLICE: Final = 0.5  # of a step; an image of the scan is never further from its slice


@dataclass(frozen=True, eq=False)
class _Plane:
    """One group of one instance.

    Attributes
    ----------
    group : int
    bits : ndarray of bool, shape (frames, rows, columns)
    origin : tuple of int
        Row and column of its first bit in the image, from 0 on; may lie outside.
    first_frame : int
        The image's frame that the first frame of the plane belongs to, from 0 on.
    """

    group: int
    bits: NDArray[np.bool_]
    origin: tuple[int, int]
    first_frame: int


class _NothingThere(Exception):
    """A plane that is declared and has no data."""


def read_overlay_planes(file: AnnotationFile, scan: Scan, grid: Grid) -> Reading:
    """Return the overlay planes of a scan's own images, each group an annotation.

    Parameters
    ----------
    file : AnnotationFile
        The images of the scan that carry planes.
    scan : Scan
    grid : Grid
        The scan's.

    Raises
    ------
    ScanError
        If none of the planes can be drawn: the first reason.

    References
    ----------
    DICOM PS3.3 C.9.2, Overlay Plane Module; PS3.5 8.1.2 for its bits, and 8.1.1 in PS3.5-2004 for
    planes in unused bits of the pixels, which are retired.
    """
    del scan
    masks: dict[int, NDArray[np.bool_]] = {}
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    refused: list[ScanError] = []
    warnings: list[ScanWarning] = []
    for path in file.files:
        dataset, header = read_data_set(path, pixels=False), read_header(path)
        slices = _slices(header, grid)
        for group in _groups(dataset):
            try:
                plane = _plane(dataset, header, group)
                mask = masks.setdefault(group, np.zeros(grid.shape, np.bool_))
                drawn = _draw(plane, mask, slices)
            except _NothingThere:
                text = f"{path.name}: overlay {group:04x} is declared and has no data"
                warnings.append(ScanWarning("overlay_without_data", text))
            except ScanError as error:
                refused.append(error)
            else:
                counts[group][0] += drawn
                counts[group][1] += int(np.count_nonzero(plane.bits))
    if refused and not masks:
        raise refused[0]
    annotations = tuple(_annotations(file, masks, counts))
    if (
        masks
        and not any(inside for inside, _ in counts.values())
        and any(total for _, total in counts.values())
    ):
        where = file.files[0].name
        raise NoOverlap(where, "its overlay planes lie outside the image", "planes upon it")
    return Reading(annotations, tuple(dict.fromkeys(warnings)), tuple(refused))


def _annotations(
    file: AnnotationFile, masks: dict[int, NDArray[np.bool_]], counts: dict[int, list[int]]
) -> Iterator[Annotation]:
    packing = Packing(next(iter(masks.values())).shape) if masks else None
    placed = {group: packing.add(mask) for group, mask in sorted(masks.items()) if packing}
    sheets = packing.sheets() if packing else ()
    for group, (sheet, value) in placed.items():
        inside, total = counts[group]
        name = f"overlay {(group - GROUPS.start) // 2 + 1}"
        lost = 1 - inside / total if total else 0.0
        text = "drawn on the scan's own pixels"
        text += f"; {100 * lost:.2f} % of it lies outside the image and is lost" if lost else ""
        fit = Fit.PARTLY_OUTSIDE if lost else Fit.IDENTICAL
        verdict = Verdict(fit, text, share_lost=lost)
        yield Annotation(name, file.kind, file.source, sheets[sheet], value, verdict)


def _groups(dataset: Dataset) -> list[int]:
    return [
        group
        for group in GROUPS
        if any((group, tag) in dataset for tag in (0x0010, 0x3000, 0x0102))
    ]


def _plane(dataset: Dataset, header: Header, group: int) -> _Plane:
    """Return one group's bits.

    Raises
    ------
    _NothingThere
        If it has no data.
    BadHeader, Truncated, UnsupportedEncoding
        If they are not what the group says.
    """
    where = f"{header.path.name}, overlay {group:04x}"

    def numbers(element: int, default: tuple[int, ...]) -> tuple[int, ...]:
        value = dataset[group, element].value if (group, element) in dataset else None
        if value is None or value == "":
            return default
        try:
            several = [value] if isinstance(value, int | float | str) else list(value)
            return tuple(int(one) for one in several)
        except (TypeError, ValueError) as error:
            raise BadHeader(where, f"({group:04x},{element:04x}) is no number", "one") from error

    rows, columns = (*numbers(0x0010, (0,)), *numbers(0x0011, (0,)))[:2]
    frames, first = numbers(0x0015, (1,))[0], numbers(0x0051, (1,))[0]
    origin = (*numbers(0x0050, (1, 1)), 1)[:2]
    if min(rows, columns, frames, first) < 1:
        found = f"{frames} frames of {columns} x {rows} from frame {first} on"
        raise BadHeader(where, found, "at least one bit")
    shape = (frames, rows, columns)
    if numbers(0x0100, (1,))[0] == 1:
        bits = _bits(dataset, group, shape, where)
    else:
        bits = _embedded(header, numbers(0x0102, (0,))[0], where)
        if bits.shape != shape:
            raise BadHeader(where, f"{shape} bits within {bits.shape} pixels", "as many")
    return _Plane(group, bits, (origin[0] - 1, origin[1] - 1), first - 1)


def _bits(
    dataset: Dataset, group: int, shape: tuple[int, int, int], where: str
) -> NDArray[np.bool_]:
    """Unpack (60xx,3000), whose first bit is the lowest of the first byte."""
    if (group, 0x3000) not in dataset or not dataset[group, 0x3000].value:
        raise _NothingThere
    data = dataset[group, 0x3000].value
    needed = shape[0] * shape[1] * shape[2]
    if len(data) * 8 < needed:
        found = f"{len(data)} bytes for {shape[0]} frames of {shape[2]} x {shape[1]} bits"
        raise Truncated(where, found, f"{-(-needed // 8)} bytes")
    packed = np.frombuffer(data, np.uint8)
    bits = np.unpackbits(packed, count=needed, bitorder="little")
    return bits.reshape(shape).view(np.bool_)


def _embedded(header: Header, position: int, where: str) -> NDArray[np.bool_]:
    """Take one bit of each stored pixel, as was lawful until 2004."""
    layout, span = header.layout, header.layout.span
    native = header.transfer_syntax in {"1.2.840.10008.1.2", "1.2.840.10008.1.2.1"}
    if not native or span is None or span.length is None:
        raise UnsupportedEncoding(where, "bits within compressed pixels", "uncompressed ones")
    bits = layout.bits_allocated or 0
    high = (layout.high_bit if layout.high_bit is not None else bits) - (layout.bits_stored or bits)
    if bits not in {8, 16} or not 0 <= position < bits:
        raise BadHeader(where, f"bit {position} of pixels of {bits} bits", "one of their bits")
    if high < position <= (layout.high_bit or 0):
        found = f"bit {position}, which is one of the pixel value's"
        raise BadHeader(where, found, "an unused bit")
    shape = (layout.frames, layout.rows or 0, layout.columns or 0)
    with header.path.open("rb") as stream:
        stream.seek(span.offset)
        data = stream.read(span.length)
    count = shape[0] * shape[1] * shape[2]
    if len(data) < count * bits // 8:
        raise Truncated(where, f"{len(data)} bytes of pixels", f"{count * bits // 8} bytes")
    stored = np.frombuffer(data, "u1" if bits == 8 else "<u2", count).reshape(shape)
    return ((stored >> position) & 1).astype(np.bool_)


def _slices(header: Header, grid: Grid) -> list[int | None]:
    """Return for each frame of an image the slice of the scan that it is."""
    frames = expanded(header) if header.frames else (header,)
    if grid.shape[0] == 1 and len(frames) == 1:
        return [0]
    found: list[int | None] = []
    inverse = np.linalg.inv(grid.affine)
    for frame in frames:
        if frame.position is None:
            found.append(None)
            continue
        at = float((inverse @ np.array([*frame.position, 1.0]))[0])
        index = round(at)
        is_there = 0 <= index < grid.shape[0] and abs(at - index) <= _OFF_SLICE
        found.append(index if is_there else None)
    return found


def _draw(plane: _Plane, mask: NDArray[np.bool_], slices: list[int | None]) -> int:
    """Draw a plane onto its slices; return how many bits lay inside."""
    drawn = 0
    extent = np.array(mask.shape[1:])
    origin = np.array(plane.origin)
    first = np.maximum(origin, 0)
    behind = np.minimum(origin + plane.bits.shape[1:], extent)
    if (first >= behind).any():
        return 0
    there = tuple(slice(int(a), int(b)) for a, b in zip(first, behind, strict=True))
    here = tuple(
        slice(int(a), int(b)) for a, b in zip(first - origin, behind - origin, strict=True)
    )
    for number, bits in enumerate(plane.bits):
        frame = plane.first_frame + number
        index = slices[frame] if frame < len(slices) else None
        if index is not None:
            mask[index][there] |= bits[here]
            drawn += int(np.count_nonzero(bits[here]))
    return drawn
