"""Pictures and flat label maps -> PNG bytes."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_COLOUR_TYPES: Final = {2: 4, 3: 2, 4: 6}  # by channels, PNG 3rd edition 11.2.1
_LEVEL: Final = 3  # what zlib tries; 6 takes twice as long for a montage no smaller


def png(pixels: NDArray[Any]) -> bytes:
    """Return pixels as a PNG without metadata.

    Parameters
    ----------
    pixels : ndarray of uint8 or uint16, shape (rows, columns) or (rows, columns, 2, 3 or 4)
        Grey, grey with opacity, RGB or RGBA; opacity is straight.

    Raises
    ------
    ValueError
        If the type or shape is none of these.
    """
    is_shaped = pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in _COLOUR_TYPES)
    if not is_shaped or pixels.dtype not in (np.uint8, np.uint16):
        raise ValueError(f"no PNG can hold {pixels.dtype} pixels of shape {pixels.shape}")
    if pixels.ndim == 3 and pixels.dtype == np.uint16:
        return _deep_colours(pixels)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG", compress_level=_LEVEL)
    return buffer.getvalue()


def _deep_colours(pixels: NDArray[np.uint16]) -> bytes:
    """Encode channels of 16 bits, which Pillow does not know; each row less the one above (9.2)."""
    rows, columns, channels = pixels.shape
    samples = pixels.astype(">u2").reshape(rows, -1).view(np.uint8)
    filtered = np.empty((rows, samples.shape[1] + 1), np.uint8)
    filtered[:, 0] = 2  # the filter "up"
    filtered[0, 1:] = samples[0]
    filtered[1:, 1:] = samples[1:] - samples[:-1]
    header = struct.pack(">2I5B", columns, rows, 16, _COLOUR_TYPES[channels], 0, 0, 0)
    data = zlib.compress(filtered.tobytes(), _LEVEL)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", data), _chunk(b"IEND", b""))
    return b"".join((b"\x89PNG\r\n\x1a\n", *chunks))


def _chunk(kind: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)
