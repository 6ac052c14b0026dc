"""Analyze 7.5 pairs by their headers: voxels and spacing, and no word on left and right."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from medmask.errors import BadHeader, ColourImage, UnsupportedPixels
from medmask.readers.arrays.array_file import ArrayFile
from medmask.readers.arrays.axes import unplaced
from medmask.readers.arrays.block import VoxelBlock
from medmask.readers.arrays.detached import other_half
from medmask.readers.arrays.nifti import read_head
from medmask.readers.arrays.stream import packing_of
from medmask.scan import Format

_SIZE: Final = struct.pack("<i", 348)
_TYPES: Final = {  # dbh.h, and what SPM added to it
    2: "u1",
    4: "i2",
    8: "i4",
    16: "f4",
    64: "f8",
    130: "i1",
    132: "u2",
    136: "u4",
}
_OTHERS: Final = {1: "single bits", 32: "complex numbers"}
_COLOUR: Final = 128
_UNITS_MM: Final = {"": 1.0, "mm": 1.0, "cm": 10.0, "um": 0.001}


def open_analyze(path: Path) -> ArrayFile:
    """Read the header of an Analyze 7.5 pair.

    Parameters
    ----------
    path : Path
        The ``.hdr``; the ``.img`` lies beside it.

    Raises
    ------
    BadHeader
        If extents, type, offset or spacing cannot be.
    ColourImage, UnsupportedPixels
        If a voxel is not one number, or SPM's scale is set, which other readers do not know.
    NotRegular
        If there is no ``.img``.

    Notes
    -----
    The order of the axes differs between programs, and so does the sign of the first one: the grid
    is not oriented.
    """
    head, where = read_head(path), path.name
    order: Literal["<", ">"] = "<" if head[:4] == _SIZE else ">"
    data = other_half(path)
    x, y, z, volumes = _shape(struct.unpack_from(f"{order}8h", head, 40), where)
    code, bits = struct.unpack_from(f"{order}2h", head, 70)
    block = VoxelBlock(
        path=data,
        dtype=_dtype(code, bits, where).newbyteorder(order),
        shape=(z, y, x),
        packing=packing_of(data),
        offset=_offset(struct.unpack_from(f"{order}2f", head, 108), where),
        volumes=volumes,
    )
    unit = head[56:60].split(b"\0")[0].decode("ascii", "replace").strip().lower()
    if unit not in _UNITS_MM:
        raise BadHeader(where, f"lengths in {unit!r}", "mm, cm or um")
    steps = np.abs(struct.unpack_from(f"{order}3f", head, 80)) * _UNITS_MM[unit]  # SPM signs flips
    if not (np.isfinite(steps).all() and steps.min() > 0):
        raise BadHeader(where, f"the spacing is {steps.tolist()}", "three lengths that are not 0")
    grid, warnings = unplaced((x, y, z), steps.tolist(), where)
    return ArrayFile(path, Format.ANALYZE, block, grid, warnings=warnings)


def _shape(dim: tuple[int, ...], where: str) -> tuple[int, int, int, int]:
    """Return columns, rows, slices and volumes."""
    count, *extents = dim
    used = extents[: max(count, 0)]
    # A field of three dimensions has 0 or 1 in those behind
    if not 2 <= count <= 7 or min(used[:3]) < 1 or max([1, *used[4:]]) > 1:
        raise BadHeader(where, f"dim is {list(dim)}", "two to four dimensions, none of them empty")
    x, y, z, volumes = [*used[:4], 1, 1][:4]
    return x, y, z, max(volumes, 1)


def _dtype(code: int, bits: int, where: str) -> np.dtype[Any]:
    if code == _COLOUR:
        raise ColourImage(where, "RGB voxels", "one intensity a voxel")
    if code in _OTHERS:
        raise UnsupportedPixels(where, f"voxels are {_OTHERS[code]}", "integers or floats")
    if code not in _TYPES or bits not in {0, 8 * np.dtype(_TYPES[code]).itemsize}:
        raise BadHeader(where, f"datatype {code} of {bits} bits", "a datatype of Analyze or SPM")
    return np.dtype(_TYPES[code])


def _offset(fields: tuple[float, float], where: str) -> int:
    """Return the first byte of the voxels; the second field may be SPM's scale."""
    offset, scale = fields
    if not np.isfinite(offset) or offset < 0 or offset != int(offset):
        raise BadHeader(where, f"vox_offset is {offset:g}", "a whole number from 0 on")
    if scale not in {0.0, 1.0}:
        found = f"a scale of {scale:g} where SPM keeps one and Analyze has no field"
        raise UnsupportedPixels(where, found, "a scale of 0 or 1")
    return int(offset)
