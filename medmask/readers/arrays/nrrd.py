"""NRRD files by their headers, attached or detached."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from medmask.errors import (
    BadHeader,
    ColourImage,
    Unsupported,
    UnsupportedEncoding,
    UnsupportedPixels,
)
from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.readers.arrays.array_file import ArrayFile
from medmask.readers.arrays.axes import grid_along, unplaced
from medmask.readers.arrays.block import VoxelBlock
from medmask.readers.arrays.detached import beside
from medmask.readers.arrays.nrrd_header import Axis, axes_of, parse_nrrd, type_of, vectors
from medmask.readers.arrays.stream import Packing
from medmask.readers.arrays.text_header import TextHeader, numbers_of, read_start
from medmask.scan import Format

_SPACE_KINDS: Final = frozenset({"", "domain", "space"})
_SERIES_KINDS: Final = frozenset({"list", "time"})
_TO_LPS: Final = {  # format.html, section 4, "space"
    "left-posterior-superior": (1.0, 1.0, 1.0),
    "lps": (1.0, 1.0, 1.0),
    "right-anterior-superior": (-1.0, -1.0, 1.0),
    "ras": (-1.0, -1.0, 1.0),
    "left-anterior-superior": (1.0, -1.0, 1.0),
    "las": (1.0, -1.0, 1.0),
}
_UNPLACED_SPACES: Final = frozenset(
    {"", "scanner-xyz", "3d-right-handed", "3d-left-handed"}  # no patient in them
)
_UNITS_MM: Final = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "um": 0.001, "µm": 0.001, "nm": 1e-6}
_PACKINGS: Final = {"raw": Packing.PLAIN, "gz": Packing.GZIP, "gzip": Packing.GZIP}
_ONE_VALUE: Final = "one intensity a voxel"


@dataclass(frozen=True, eq=False)
class _Layout:
    """Which axes are space, and how many volumes lie in the rest."""

    space: list[Axis]
    volumes: int
    interleaved: bool

    @property
    def counts(self) -> list[int]:
        return [axis.count for axis in self.space]


def open_nrrd(path: Path) -> ArrayFile:
    """Read the header of a NRRD file.

    Parameters
    ----------
    path : Path
        ``.nrrd``, or ``.nhdr`` with its data file beside it.

    Raises
    ------
    ScanError
        See `parse_nrrd`; `UnsupportedEncoding` for text, hex and bzip2 and for data in several
        files; `ColourImage` or `UnsupportedPixels` for several values a voxel.
    """
    header = parse_nrrd(read_start(path), path.name)
    keys = [name for name in header.fields if re.match(r":=Segment(ation|\d+)_", name)]
    layout = _layout(axes_of(header), path.name)
    grid, warnings = _grid(header, layout)
    return ArrayFile(
        path=path,
        format=Format.NRRD,
        block=_block(path, header, layout),
        grid=grid,
        annotation="its header names segments" if keys else "",
        warnings=warnings,
    )


def data_file(path: Path) -> Path | None:
    """Return the file with the voxels of a detached header, else nothing.

    Raises
    ------
    ScanError
        If the header is none, or names something else than one file beside it.
    """
    return _data_file(path, parse_nrrd(read_start(path), path.name))


def _data_file(path: Path, header: TextHeader) -> Path | None:
    name = header.text("data file")
    if not name:
        return None
    if re.match(r"LIST\b", name) or re.search(r"%\d*d", name):
        raise UnsupportedEncoding(path.name, "voxels in several files", "one data file")
    return beside(path, name)


def _block(path: Path, header: TextHeader, layout: _Layout) -> VoxelBlock:
    encoding = header.demand("encoding").lower()
    if encoding not in _PACKINGS:
        raise UnsupportedEncoding(path.name, f"the encoding {encoding!r}", "raw or gzip")
    if header.text("line skip") not in {"", "0"}:
        raise UnsupportedEncoding(path.name, "lines to skip before the voxels", "bytes to skip")
    columns, rows, slices = (*layout.counts, 1)[:3]
    data = _data_file(path, header)
    block = VoxelBlock(
        path=data or path,
        dtype=type_of(header),
        shape=(slices, rows, columns),
        packing=_PACKINGS[encoding],
        start=0 if data else header.end,
        volumes=layout.volumes,
        interleaved=layout.interleaved,
    )
    return _skipping(block, header)


def _skipping(block: VoxelBlock, header: TextHeader) -> VoxelBlock:
    """Return a block behind the bytes to skip; -1 means that raw voxels end with the file."""
    (skip, *_) = (*header.integers("byte skip"), 0)
    start = block.start
    if skip == -1 and block.packing is Packing.PLAIN:
        start = block.path.stat().st_size - block.volume_bytes * block.volumes
        if start < block.start:
            raise BadHeader(header.where, f"{block.claim} in a shorter file", "all of them")
        skip = 0
    if skip < 0:
        raise BadHeader(header.where, f"{skip} bytes to skip", "0 or more, or -1 of a raw file")
    return replace(block, start=start, offset=skip)


def _layout(axes: list[Axis], where: str) -> _Layout:
    """Tell space from the rest, of which one axis may be a series of volumes."""
    has_steps = any(axis.step is not None for axis in axes)
    is_space = [
        axis.kind in _SPACE_KINDS and (axis.step is not None or not has_steps) for axis in axes
    ]
    space = [axis for axis, chosen in zip(axes, is_space, strict=True) if chosen]
    rest = [k for k, chosen in enumerate(is_space) if not chosen and axes[k].count > 1]
    if len(space) not in {2, 3}:
        found = f"{len(space)} axes of space among sizes {[axis.count for axis in axes]}"
        raise UnsupportedPixels(where, found, "two or three, told by kinds or space directions")
    if not rest:
        return _Layout(space, 1, interleaved=False)
    axis = axes[rest[0]]
    if "color" in axis.kind:
        raise ColourImage(where, f"an axis of kind {axis.kind}", _ONE_VALUE)
    inside = [k for k, chosen in enumerate(is_space) if chosen]
    is_outside = rest[0] < inside[0] or rest[0] > inside[-1]
    if len(rest) > 1 or axis.kind not in _SERIES_KINDS or not is_outside:
        found = f"an axis of {axis.count} values of kind {axis.kind or 'unknown'}"
        raise UnsupportedPixels(where, found, f"{_ONE_VALUE}, or one list of volumes")
    return _Layout(space, axis.count, interleaved=rest[0] < inside[0])


def _grid(header: TextHeader, layout: _Layout) -> tuple[Grid, tuple[ScanWarning, ...]]:
    """Return the grid by space directions, else by spacings, else without any."""
    space = header.text("space").lower()
    if space not in _TO_LPS and space not in _UNPLACED_SPACES:
        accepted = f"{', '.join(sorted(_TO_LPS))}, or none"
        raise Unsupported(header.where, f"the space {space!r}", accepted)
    steps = [axis.step for axis in layout.space if axis.step is not None]
    if not steps:
        return _by_spacings(header, layout)
    if any(len(step) != len(steps[0]) or len(step) not in {2, 3} for step in steps):
        raise BadHeader(header.where, "directions of different lengths", "vectors of a space")
    unit, assumed = _unit(header, "space units", is_assumed=space not in _TO_LPS)
    if space not in _TO_LPS:
        spacing = [unit * float(np.linalg.norm(step)) for step in steps]
        if _is_sheared(steps):
            found = "axes that are not at right angles in a space without a patient"
            raise Unsupported(header.where, found, ", ".join(sorted(_TO_LPS)))
        grid, warnings = unplaced(layout.counts, spacing, header.where)
        return grid, (*assumed, *warnings)
    if len(steps[0]) != 3:
        raise BadHeader(header.where, f"directions of two numbers in {space}", "three numbers")
    lps = np.array(_TO_LPS[space]) * unit
    origin = vectors(header, "space origin")
    if not origin:
        message = "no space origin is stated; the position is unknown and was taken as 0"
        assumed = (*assumed, ScanWarning("no_position", message))
    at = origin[0] if origin and origin[0] is not None else np.zeros(3)
    if at.shape != (3,):
        raise BadHeader(header.where, f"the space origin is {at.tolist()}", "three numbers")
    return grid_along(layout.counts, np.array(steps) * lps, at * lps, header.where), assumed


def _is_sheared(steps: list[NDArray[np.float64]]) -> bool:
    unit = np.array([step / max(float(np.linalg.norm(step)), 1e-300) for step in steps])
    return bool(np.abs(unit @ unit.T - np.eye(len(steps))).max() > 1e-3)


def _by_spacings(header: TextHeader, layout: _Layout) -> tuple[Grid, tuple[ScanWarning, ...]]:
    """Return a grid of spacings alone, where axes that are not space have NaN."""
    words = header.text("spacings").split()
    if words and len(words) != header.integers("dimension")[0]:
        found = f"{len(words)} spacings"
        raise BadHeader(header.where, found, "one for each axis")
    known = [word for word in words if word.lower() != "nan"]
    if len(known) != len(layout.counts):
        return unplaced(layout.counts, (), header.where)
    unit, assumed = _unit(header, "units", is_assumed=True)
    spacing = [abs(unit * s) for s in numbers_of(known, "spacings", header.where)]
    grid, warnings = unplaced(layout.counts, spacing, header.where)
    return grid, (*assumed, *warnings)


def _unit(
    header: TextHeader, name: str, *, is_assumed: bool
) -> tuple[float, tuple[ScanWarning, ...]]:
    """Return millimetres in one unit; a patient's space is in millimetres if it says nothing."""
    words = {
        word for word in re.findall(r'"([^"]*)"', header.text(name)) if word not in {"", "???"}
    }
    if not words:
        message = f"no {name} are stated; millimetres were assumed"
        return 1.0, (ScanWarning("units_assumed", message),) if is_assumed else ()
    known = {_UNITS_MM.get(word) for word in words}
    (unit, *others) = known
    if unit is None or others:
        found = f"{name} are {sorted(words)}"
        raise BadHeader(header.where, found, f"one of {', '.join(_UNITS_MM)}")
    return unit, ()
