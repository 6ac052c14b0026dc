"""Bytes of a file, plain or deflated, and never fewer than were promised."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol, cast

import numpy as np
from isal import igzip, igzip_lib
from numpy.typing import NDArray

from medmask.errors import BadChecksum, BadHeader, Truncated

DEFLATE_GAIN: Final = 1040  # RFC 1951 packs 1032 to 1 at best
_CHUNK: Final = 1 << 20  # unpacked at a time; as fast as more, and held twice
_PASSED_CHUNK: Final = 1 << 18  # bytes that are read to be left out
_PACKED_CHUNK: Final = 1 << 18
_LARGEST_TAIL: Final = 1 << 32  # bytes behind the voxels that are looked through
_INFLATING: Final = cast("type[Exception]", igzip_lib.error)


class Packing(StrEnum):
    """How bytes are packed."""

    PLAIN = "plain"
    GZIP = "gzip"
    ZLIB = "zlib"


class ByteStream(Protocol):
    """What voxels are read from."""

    def readinto(self, target: memoryview, /) -> int:
        """Fill some of a buffer and return how much; 0 is the end."""


def packing_of(path: Path, start: int = 0) -> Packing:
    """Return gzip if a file's bytes from ``start`` on begin as gzip does, else plain."""
    with path.open("rb") as file:
        file.seek(start)
        return Packing.GZIP if file.read(2) == b"\x1f\x8b" else Packing.PLAIN


@contextmanager
def opened(path: Path, packing: Packing, start: int = 0) -> Iterator[ByteStream]:
    """Open a file's bytes from ``start`` on, unpacked.

    Parameters
    ----------
    path : Path
    packing : Packing
    start : int
        The first packed byte.

    Raises
    ------
    Truncated
        If a packed stream has no end.
    BadChecksum, BadHeader
        If it is broken.
    """
    with path.open("rb") as file:
        file.seek(start)
        try:
            yield _unpacked(file, packing)
        except EOFError as error:
            found = f"the {packing} stream has no end"
            raise Truncated(path.name, found, "a whole file") from error
        except (gzip.BadGzipFile, _INFLATING, zlib.error) as error:
            is_sum = any(word in str(error) for word in ("CRC", "ength", "Checksum", "checksum"))
            word = BadChecksum if is_sum else BadHeader
            raise word(path.name, f"{packing}: {error}", f"a whole {packing} stream") from error


def head(stream: ByteStream, count: int) -> bytes:
    """Return up to ``count`` bytes, fewer only at the end."""
    buffer = bytearray(count)
    return bytes(buffer[: _fill(stream, memoryview(buffer))])


def fill(stream: ByteStream, voxels: NDArray[Any], where: str) -> None:
    """Fill a contiguous array.

    Raises
    ------
    Truncated
        If the stream ends before.
    """
    target = voxels.reshape(-1).view(np.uint8).data
    done = _fill(stream, target)
    if done < len(target):
        raise Truncated(where, f"{done} of {len(target)} bytes of voxels", "all of them")


def skip(stream: ByteStream, count: int, where: str) -> None:
    """Move forward by reading: a packed stream cannot be sought without reading anyway.

    Raises
    ------
    Truncated
        If the stream ends before.
    """
    buffer = memoryview(bytearray(_PASSED_CHUNK))
    while count > 0:
        got = stream.readinto(buffer[: min(count, _PASSED_CHUNK)])
        if not got:
            raise Truncated(where, f"the file ends {count} bytes too early", "a whole file")
        count -= got


def drain(stream: ByteStream, where: str) -> int:
    """Read to the end, which is where a sum is checked, and return how many bytes were there.

    Raises
    ------
    BadHeader
        If there are more than 4 GiB.
    """
    if isinstance(stream, io.BufferedReader):
        here = stream.tell()
        return stream.seek(0, io.SEEK_END) - here
    buffer = memoryview(bytearray(_PASSED_CHUNK))
    tail = 0
    while got := stream.readinto(buffer):
        tail += got
        if tail > _LARGEST_TAIL:
            raise BadHeader(where, f"more than {tail} bytes behind the voxels", "voxels to the end")
    return tail


class _Zlib:
    """A zlib stream (RFC 1950), which ends with the sum of what was packed."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._inflater = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_ZLIB)

    def readinto(self, target: memoryview, /) -> int:
        while not self._inflater.eof:
            packed = self._file.read(_PACKED_CHUNK) if self._inflater.needs_input else b""
            if not packed and self._inflater.needs_input:
                raise EOFError
            piece = self._inflater.decompress(packed, len(target))
            if piece:
                target[: len(piece)] = piece
                return len(piece)
        return 0


def _unpacked(file: BinaryIO, packing: Packing) -> ByteStream:
    if packing is Packing.GZIP:
        stream = igzip.IGzipFile(fileobj=file, mode="rb")  # type: ignore[no-untyped-call]
        return cast("ByteStream", stream)
    return _Zlib(file) if packing is Packing.ZLIB else cast("ByteStream", file)


def _fill(stream: ByteStream, target: memoryview) -> int:
    done = 0
    while done < len(target):
        got = stream.readinto(target[done : done + _CHUNK])
        if not got:
            break
        done += got
    return done
