"""The bytes of a NIfTI file, plain or gzip, no more of them than the header claims."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import numpy as np
from isal import igzip, isal_zlib
from numpy.typing import NDArray

from medmask.errors import BadChecksum, BadHeader, TooLarge, Truncated
from medmask.readers.nifti_header import HEADER_1, NiftiHeader, header_bytes, parse_header

_CHUNK: Final = 1 << 22
_LARGEST_TAIL: Final = 1 << 32  # bytes behind the voxels that are looked through
_DEFLATE_GAIN: Final = 1040  # RFC 1951 packs 1032 to 1 at best


@dataclass(frozen=True, eq=False)
class NiftiContent:
    """A header and the voxels it claims.

    Attributes
    ----------
    header : NiftiHeader
    voxels : ndarray, shape (z, y, x), or None
        In native byte order; ``None`` if only the header was asked for.
    is_gzip : bool
    tail_bytes : int
        Bytes behind the voxels, of which NIfTI knows nothing.
    """

    header: NiftiHeader
    voxels: NDArray[Any] | None
    is_gzip: bool
    tail_bytes: int = 0


def read_header_only(path: Path, largest_bytes: int) -> NiftiContent:
    """Read a header and hold it against the size of the file.

    Parameters
    ----------
    path : Path
    largest_bytes : int
        Voxels that need more are refused.

    Raises
    ------
    ScanError
        See `parse_header`; `TooLarge`; `Truncated` if the file cannot hold the voxels.
    """
    is_gzip = _is_gzip(path)
    with _opened(path, is_gzip=is_gzip) as stream, _Translated(path.name):
        return NiftiContent(
            _checked_header(stream, path, largest_bytes, is_gzip=is_gzip), None, is_gzip
        )


def read_content(path: Path, largest_bytes: int) -> NiftiContent:
    """Read header and voxels, and gzip to its very end so that its checksum is held.

    Parameters
    ----------
    path : Path
    largest_bytes : int
        Voxels that need more are refused.

    Raises
    ------
    ScanError
        As `read_header_only`; `BadChecksum` and `Truncated` for a damaged gzip stream.
    """
    is_gzip = _is_gzip(path)
    with _opened(path, is_gzip=is_gzip) as stream, _Translated(path.name):
        header = _checked_header(stream, path, largest_bytes, is_gzip=is_gzip)
        _discard(stream, header.offset - stream.tell(), path.name)
        x, y, z = header.shape
        voxels = np.empty((z, y, x), header.dtype)  # x runs fastest in the file
        _fill(stream, voxels, path.name)
        tail = _drain(stream, path.name, is_gzip=is_gzip)
    if not header.dtype.isnative:
        voxels = voxels.byteswap(inplace=True).view(header.dtype.newbyteorder("="))
    return NiftiContent(header, voxels, is_gzip, tail)


class _Translated:
    """Turns what gzip raises into errors of ours."""

    def __init__(self, where: str) -> None:
        self._where = where

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, EOFError):
            raise Truncated(self._where, "the gzip stream has no end", "a whole file") from error
        if isinstance(error, igzip.BadGzipFile):
            word = BadChecksum if "CRC" in str(error) or "ength" in str(error) else BadHeader
            raise word(self._where, f"gzip: {error}", "a whole gzip stream") from error
        if isinstance(error, isal_zlib.error | zlib.error):
            raise BadHeader(self._where, f"gzip: {error}", "a whole gzip stream") from error


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _opened(path: Path, *, is_gzip: bool) -> BinaryIO:
    if is_gzip:
        return cast("BinaryIO", igzip.IGzipFile(path, "rb"))  # type: ignore[no-untyped-call]
    return path.open("rb")


def _checked_header(
    stream: BinaryIO, path: Path, largest_bytes: int, *, is_gzip: bool
) -> NiftiHeader:
    head = stream.read(HEADER_1)
    if len(head) == HEADER_1:
        head += stream.read(header_bytes(head) - HEADER_1)
    if len(head) < HEADER_1 or len(head) < header_bytes(head):
        raise Truncated(path.name, f"{len(head)} bytes of header", "a whole NIfTI header")
    header = parse_header(head, path.name)
    needed = header.offset + header.data_bytes
    size = path.stat().st_size
    claim = f"{'x'.join(str(n) for n in header.shape)} voxels of {header.dtype.itemsize} bytes"
    if header.data_bytes > largest_bytes:
        raise TooLarge(path.name, claim, f"at most {largest_bytes} bytes")
    if needed > (size * _DEFLATE_GAIN if is_gzip else size):
        raise Truncated(path.name, f"{claim} from byte {header.offset} on, in {size} bytes", "all")
    return header


def _fill(stream: BinaryIO, voxels: NDArray[Any], where: str) -> None:
    target = voxels.reshape(-1).view(np.uint8).data
    done = 0
    while done < len(target):
        got = stream.readinto(target[done : done + _CHUNK])  # type: ignore[attr-defined]
        if not got:
            raise Truncated(where, f"{done} of {len(target)} bytes of voxels", "all of them")
        done += got


def _discard(stream: BinaryIO, count: int, where: str) -> None:
    """Move forward by reading: a gzip stream cannot be sought without reading anyway."""
    while count > 0:
        got = len(stream.read(min(count, _CHUNK)))
        if not got:
            raise Truncated(where, "the file ends before its voxels begin", "a whole file")
        count -= got


def _drain(stream: BinaryIO, where: str, *, is_gzip: bool) -> int:
    """Read to the end, which is where gzip checks its sum, and return how much was there."""
    if not is_gzip:
        here = stream.tell()
        return stream.seek(0, io.SEEK_END) - here
    tail = 0
    while chunk := stream.read(_CHUNK):
        tail += len(chunk)
        if tail > _LARGEST_TAIL:
            raise BadHeader(where, f"more than {tail} bytes behind the voxels", "voxels to the end")
    return tail
