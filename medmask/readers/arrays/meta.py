"""MetaImage files by their headers: ``.mha``, or ``.mhd`` with its data file beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from medmask.errors import BadHeader, ColourImage, UnsupportedEncoding, UnsupportedPixels
from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.readers.arrays.array_file import ArrayFile
from medmask.readers.arrays.axes import grid_along, unplaced
from medmask.readers.arrays.block import VoxelBlock
from medmask.readers.arrays.detached import beside
from medmask.readers.arrays.stream import Packing, packing_of
from medmask.readers.arrays.text_header import LARGEST_HEADER, TextHeader, positive, read_start
from medmask.scan import Format

_TYPES: Final = {
    "MET_CHAR": "i1",
    "MET_UCHAR": "u1",
    "MET_SHORT": "i2",
    "MET_USHORT": "u2",
    "MET_INT": "i4",
    "MET_UINT": "u4",
    "MET_LONG_LONG": "i8",
    "MET_ULONG_LONG": "u8",
    "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}
_MODALITIES: Final = {
    "MET_MOD_CT": "CT",
    "MET_MOD_MR": "MR",
    "MET_MOD_NM": "NM",
    "MET_MOD_US": "US",
}
_SPELLINGS: Final = {  # names that mean the same; the last one is what files of ITK say
    "Position": "Offset",
    "Origin": "Offset",
    "Rotation": "TransformMatrix",
    "Orientation": "TransformMatrix",
    "ElementByteOrderMSB": "BinaryDataByteOrderMSB",
}
_TRUTHS: Final = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
_TRUE_OR_FALSE: Final = "True or False"
_UNITS_MM: Final = {"": 1.0, "?": 1.0, "mm": 1.0, "um": 0.001, "cm": 10.0}
_LAST: Final = "ElementDataFile"


def open_meta(path: Path) -> ArrayFile:
    """Read the header of a MetaImage file.

    Parameters
    ----------
    path : Path

    Raises
    ------
    BadHeader
        If a field cannot be.
    UnsupportedEncoding
        If voxels are text, or lie in several files.
    ColourImage, UnsupportedPixels
        If a voxel is not one number, or a line from elements to intensities is stated, which
        readers do not agree on.

    References
    ----------
    MetaIO, https://itk.org/Wiki/MetaIO/Documentation
    """
    header = parse_meta(read_start(path), path.name)
    counts = positive(header.integers("DimSize"), "DimSize", path.name)
    if header.integers("NDims") != (len(counts),) or len(counts) not in {2, 3, 4}:
        found = f"NDims {header.text('NDims')} and {len(counts)} sizes"
        raise BadHeader(path.name, found, "two to four dimensions, as many as sizes")
    _demand_space(header, counts)
    _demand_one_value(header)
    block, warnings = _block(path, header, counts)
    grid, placed = _grid(header, counts[:3])
    modality = _MODALITIES.get(header.text("Modality"), "")
    return ArrayFile(
        path=path,
        format=Format.META,
        block=block,
        grid=grid,
        modality=modality,
        warnings=(*warnings, *placed),
    )


def parse_meta(content: bytes, where: str) -> TextHeader:
    """Return the fields of a MetaImage header, which ends with the name of the data file.

    Parameters
    ----------
    content : bytes
        The file from its beginning.
    where : str
        Names the file in errors.

    Raises
    ------
    BadHeader
        If a line is no field, a field comes twice, or the last one is missing.
    """
    fields: dict[str, str] = {}
    at = 0
    while _LAST not in fields:
        end = content.find(b"\n", at)
        line = content[at : end if end >= 0 else len(content)].decode("utf-8", "replace")
        name, sign, value = line.partition("=")
        name = _SPELLINGS.get(name.strip(), name.strip())
        if (not sign and line.strip()) or (end < 0 and name != _LAST) or at >= LARGEST_HEADER:
            raise BadHeader(where, f"the line {line[:60]!r}", f"fields up to {_LAST}")
        if name in fields:
            raise BadHeader(where, f"the field {name!r} twice", "each field once")
        if sign:
            fields[name] = value.strip()
        at = end + 1 if end >= 0 else len(content)
    return TextHeader(where, MappingProxyType(fields), at)


def data_file(path: Path) -> Path | None:
    """Return the file with the voxels of a detached header, else nothing.

    Raises
    ------
    ScanError
        If the header is none, or names something else than one file beside it.
    """
    return _data_file(path, parse_meta(read_start(path), path.name))


def _data_file(path: Path, header: TextHeader) -> Path | None:
    name = header.demand(_LAST)
    if name.upper() == "LOCAL":
        return None
    if re.match(r"LIST\b", name) or "%" in name:
        raise UnsupportedEncoding(path.name, "voxels in several files", "one data file")
    return beside(path, name)


def _demand_space(header: TextHeader, counts: tuple[int, ...]) -> None:
    """Demand that the first three axes are space: trackers write frames as a third one."""
    kinds = header.text("Kinds").split()
    if any(kind not in {"domain", "space"} for kind in kinds[: min(3, len(counts))]):
        found = f"axes of the kinds {' '.join(kinds)}"
        raise UnsupportedPixels(header.where, found, "axes of space")


def _demand_one_value(header: TextHeader) -> None:
    channels = header.integers("ElementNumberOfChannels") or (1,)
    if channels[0] in {3, 4}:
        raise ColourImage(header.where, f"{channels[0]} channels", "one intensity a voxel")
    if channels != (1,):
        raise UnsupportedPixels(header.where, f"{channels[0]} channels", "one intensity a voxel")
    slope = header.numbers("ElementToIntensityFunctionSlope") or (1.0,)
    offset = header.numbers("ElementToIntensityFunctionOffset") or (0.0,)
    if (slope, offset) != ((1.0,), (0.0,)):
        found = f"a line from elements to intensities with slope {slope[0]:g}"
        raise UnsupportedPixels(header.where, found, "elements that are intensities")


def _block(
    path: Path, header: TextHeader, counts: tuple[int, ...]
) -> tuple[VoxelBlock, tuple[ScanWarning, ...]]:
    if not _truth(header, "BinaryData", default=True):
        raise UnsupportedEncoding(path.name, "voxels as text", "binary voxels")
    data = _data_file(path, header)
    start = 0 if data else header.end
    is_packed = _truth(header, "CompressedData", default=False)
    packing = Packing.PLAIN
    if is_packed:
        is_gzip = packing_of(data or path, start) is Packing.GZIP
        packing = Packing.GZIP if is_gzip else Packing.ZLIB
    dtype, warnings = _type(header)
    columns, rows, slices, volumes = (*counts, 1, 1)[:4]
    block = VoxelBlock(data or path, dtype, (slices, rows, columns), packing, start)
    block = replace(block, volumes=volumes)
    (skip, *_) = (*header.integers("HeaderSize"), 0)
    if skip == -1 and not is_packed:
        skip = block.path.stat().st_size - block.volume_bytes * block.volumes - start
    if skip < 0 or (skip and (is_packed or data is None)):
        raise BadHeader(path.name, f"{skip} bytes to skip", "bytes of a plain data file")
    return replace(block, start=start + skip), warnings


def _type(header: TextHeader) -> tuple[np.dtype[Any], tuple[ScanWarning, ...]]:
    word = header.demand("ElementType")
    if word not in _TYPES:
        # MET_LONG has 4 or 8 bytes, as the machine had that wrote it
        raise UnsupportedPixels(header.where, f"elements of {word}", ", ".join(_TYPES))
    dtype = np.dtype(_TYPES[word])
    if dtype.itemsize == 1 or header.text("BinaryDataByteOrderMSB"):
        is_big = _truth(header, "BinaryDataByteOrderMSB", default=False)
        return dtype.newbyteorder(">" if is_big else "<"), ()
    message = "no byte order is stated; little endian was assumed"
    return dtype.newbyteorder("<"), (ScanWarning("byte_order_assumed", message),)


def _truth(header: TextHeader, name: str, *, default: bool) -> bool:
    word = header.text(name).lower()
    if not word:
        return default
    if word not in _TRUTHS:
        raise BadHeader(header.where, f"{name} is {word[:20]!r}", _TRUE_OR_FALSE)
    return _TRUTHS[word]


def _grid(header: TextHeader, counts: tuple[int, ...]) -> tuple[Grid, tuple[ScanWarning, ...]]:
    """Return the grid: row k of the matrix is the direction of axis k, in LPS+."""
    size, n = header.integers("NDims")[0], len(counts)
    unit = _UNITS_MM.get(header.text("DistanceUnits").lower())
    if unit is None:
        found = f"DistanceUnits are {header.text('DistanceUnits')[:20]!r}"
        raise BadHeader(header.where, found, "mm, um or cm")
    spacing = _as_many(header, "ElementSpacing", size) or _as_many(header, "ElementSize", size)
    matrix = _as_many(header, "TransformMatrix", size * size)
    if len(matrix) == 0 or len(spacing) == 0 or n == 2:
        return unplaced(counts, [unit * s for s in spacing[:n]], header.where)
    turned = np.array(matrix).reshape(size, size)
    if size == 4 and (np.abs(turned[3, :3]).max() > 0 or np.abs(turned[:3, 3]).max() > 0):
        raise BadHeader(header.where, "a matrix that mixes space and time", "space alone")
    if min(spacing[:n]) <= 0:
        raise BadHeader(header.where, f"the spacing is {list(spacing)}", "positive lengths")
    steps = turned[:n, :n] * np.array(spacing[:n])[:, None] * unit
    offset = _as_many(header, "Offset", size)
    warnings: tuple[ScanWarning, ...] = ()
    if not offset:
        message = "no Offset is stated; the position is unknown and was taken as 0"
        warnings = (ScanWarning("no_position", message),)
    at = np.array(offset[:n] or (0.0,) * n) * unit
    return grid_along(counts, steps, at, header.where), warnings


def _as_many(header: TextHeader, name: str, count: int) -> tuple[float, ...]:
    """Return a field's numbers, none if it is not there."""
    found = header.numbers(name)
    if len(found) not in {0, count}:
        raise BadHeader(header.where, f"{name} has {len(found)} numbers", str(count))
    return found
