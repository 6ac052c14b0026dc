"""Voxels where a header says that they lie: checked against the file, then read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medmask.errors import TimeSeries, TooLarge, Truncated
from medmask.outcome import ScanWarning
from medmask.readers.arrays.stream import (
    DEFLATE_GAIN,
    ByteStream,
    Packing,
    drain,
    fill,
    opened,
    skip,
)
from medmask.readers.options import ReadOptions


@dataclass(frozen=True, eq=False)
class VoxelBlock:
    """Where and how a file holds its voxels.

    Attributes
    ----------
    path : Path
        The file that holds them.
    dtype : dtype
        With the file's byte order.
    shape : tuple of int
        Voxels of one volume along (slice, row, column); columns run fastest in the file.
    packing : Packing
    start : int
        First packed byte in the file.
    offset : int
        Bytes before the voxels once unpacked.
    volumes : int
        How many volumes there are, over time, echoes or directions.
    interleaved : bool
        Whether a voxel's values of all volumes lie together, rather than volume behind volume.
    chosen : int
        The volume to read, from 0, unless all are asked for.
    """

    path: Path
    dtype: np.dtype[Any]
    shape: tuple[int, int, int]
    packing: Packing = Packing.PLAIN
    start: int = 0
    offset: int = 0
    volumes: int = 1
    interleaved: bool = False
    chosen: int = 0

    @property
    def voxel_count(self) -> int:
        """Voxels of one volume."""
        slices, rows, columns = self.shape
        return slices * rows * columns

    @property
    def volume_bytes(self) -> int:
        """Bytes of one volume in the file."""
        return self.voxel_count * self.dtype.itemsize

    @property
    def claim(self) -> str:
        """What the header promises, in words."""
        slices, rows, columns = self.shape
        times = f"{self.volumes} x " if self.volumes > 1 else ""
        return f"{times}{columns}x{rows}x{slices} voxels of {self.dtype.itemsize} bytes"


def result_type(block: VoxelBlock, options: ReadOptions) -> np.dtype[Any]:
    """Return the type of the volume that will be read."""
    is_mean = block.volumes > 1 and options.time_series == "mean"
    return np.dtype(np.float32) if is_mean else block.dtype.newbyteorder("=")


def check_block(block: VoxelBlock, options: ReadOptions) -> tuple[ScanWarning, ...]:
    """Hold what a header claims against the file, the memory and the wish for one volume.

    Parameters
    ----------
    block : VoxelBlock
    options : ReadOptions

    Returns
    -------
    tuple of ScanWarning
        ``first_of_series``, ``one_of_series`` or ``mean_of_series`` for several volumes.

    Raises
    ------
    TimeSeries
        If there are several volumes and ``time_series`` is ``skip``.
    TooLarge
        If the volume needs more memory than is allowed.
    Truncated
        If the file cannot hold the voxels.
    """
    where = block.path.name
    if block.volumes > 1 and options.time_series == "skip":
        accepted = "one volume (3D), or `time_series: first`, `mean` or `each`"
        raise TimeSeries(where, f"{block.claim}: more than one volume", accepted)
    is_mean = block.volumes > 1 and options.time_series == "mean"
    needed = block.voxel_count * (np.dtype(np.float64) if is_mean else block.dtype).itemsize
    if needed > options.largest_bytes:
        raise TooLarge(where, block.claim, f"at most {options.largest_bytes} bytes")
    size = max(0, block.path.stat().st_size - block.start)
    most = size if block.packing is Packing.PLAIN else size * DEFLATE_GAIN
    if block.offset + block.volume_bytes * block.volumes > most:
        found = f"{block.claim} from byte {block.start + block.offset} on, in {size} bytes"
        raise Truncated(where, found, "all of them")
    if block.volumes == 1:
        return ()
    if is_mean:
        message = f"the mean of {block.volumes} volumes was taken, as float32"
        return (ScanWarning("mean_of_series", message),)
    if options.time_series == "each":
        message = f"this is volume {block.chosen + 1} of {block.volumes} in the file"
        return (ScanWarning("one_of_series", message),)
    message = f"the first of {block.volumes} volumes was taken"
    return (ScanWarning("first_of_series", message),)


def read_block(
    block: VoxelBlock, options: ReadOptions
) -> tuple[NDArray[Any], tuple[ScanWarning, ...]]:
    """Read one volume, and a packed stream to its very end so that its checksum is held.

    Parameters
    ----------
    block : VoxelBlock
        As `check_block` let it pass.
    options : ReadOptions

    Returns
    -------
    voxels : ndarray, shape (slices, rows, columns)
        In native byte order, of `result_type`.
    warnings : tuple of ScanWarning
        ``trailing_bytes`` if the file goes on behind the voxels.

    Raises
    ------
    Truncated, BadChecksum, BadHeader
        If the file is not whole.
    """
    where = block.path.name
    with opened(block.path, block.packing, block.start) as stream:
        skip(stream, block.offset, where)
        voxels = _volume(stream, block, options)
        tail = drain(stream, where)
    if not voxels.dtype.isnative:
        voxels = voxels.byteswap(inplace=True).view(voxels.dtype.newbyteorder("="))
    if not tail:
        return voxels, ()
    message = f"{tail} bytes follow the voxels that the header claims; they were left out"
    return voxels, (ScanWarning("trailing_bytes", message),)


def _volume(stream: ByteStream, block: VoxelBlock, options: ReadOptions) -> NDArray[Any]:
    """Return the one volume, the chosen one, or the mean of all."""
    if block.volumes > 1 and options.time_series == "mean":
        return _mean(stream, block)
    voxels = np.empty(block.shape, block.dtype)
    if block.volumes == 1 or not block.interleaved:
        skip(stream, block.volume_bytes * block.chosen, block.path.name)
        fill(stream, voxels, block.path.name)
        skip(stream, block.volume_bytes * (block.volumes - 1 - block.chosen), block.path.name)
        return voxels
    each = np.empty((*block.shape[1:], block.volumes), block.dtype)
    for slab in voxels:
        fill(stream, each, block.path.name)
        slab[...] = each[..., block.chosen]
    return voxels


def _mean(stream: ByteStream, block: VoxelBlock) -> NDArray[np.float32]:
    """Return the mean over volumes, summed in float64, slice by slice."""
    mean = np.empty(block.shape, np.float32)
    if block.interleaved:
        each = np.empty((*block.shape[1:], block.volumes), block.dtype)
        for slab in mean:
            fill(stream, each, block.path.name)
            slab[...] = each.mean(axis=-1, dtype=np.float64)
        return mean
    total = np.zeros(block.shape, np.float64)
    one = np.empty(block.shape[1:], block.dtype)
    for _ in range(block.volumes):
        for slice_sum in total:
            fill(stream, one, block.path.name)
            np.add(slice_sum, one, out=slice_sum)
    for slab, slice_sum in zip(mean, total, strict=True):
        slab[...] = slice_sum / block.volumes
    return mean
