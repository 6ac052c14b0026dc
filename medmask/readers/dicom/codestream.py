"""Size and end of JPEG and JPEG 2000 code streams, read without decoding them."""

from __future__ import annotations

import struct
from typing import Final

_JPEG_2000: Final = b"\xff\x4f\xff\x51"  # SOC and SIZ, ISO/IEC 15444-1 A.4.1 and A.5.1
_JP2: Final = b"\0\0\0\x0cjP  "  # ISO/IEC 15444-1 I.5.1
_JPEG: Final = b"\xff\xd8"
_END: Final = b"\xff\xd9"  # EOI of JPEG and EOC of JPEG 2000
_FRAME_MARKERS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # ISO/IEC 10918-1 B.1


def starts_stream(head: bytes) -> bool:
    """Tell whether some first bytes are those of a JPEG or JPEG 2000 stream, or of a JP2 box."""
    return head.startswith((_JPEG + b"\xff", _JPEG_2000, _JP2))


def has_end(encoded: bytes) -> bool:
    """Tell whether a code stream has its end marker; padding of 0 or 255 does not count."""
    return encoded[-64:].rstrip(b"\0\xff").endswith(_END)


def frame_size(encoded: bytes) -> tuple[int, int, int] | None:
    """Return rows, columns and components of a code stream, ``None`` if it has no frame header.

    Parameters
    ----------
    encoded : bytes
        One JPEG, JPEG-LS, JPEG 2000 or HTJ2K code stream, also in a JP2 box.
    """
    if encoded.startswith(_JPEG):
        return _jpeg_size(encoded)
    start = encoded[:4096].find(_JPEG_2000)
    siz = encoded[start + 8 : start + 42]
    if start < 0 or len(siz) < 34:
        return None
    width, height, left, top = struct.unpack_from(">4I", siz)
    components = struct.unpack_from(">H", siz, 32)[0]
    return height - top, width - left, components


def _jpeg_size(encoded: bytes) -> tuple[int, int, int] | None:
    at = 2
    while at + 10 <= len(encoded):
        if encoded[at] != 0xFF:
            return None
        marker = encoded[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker in _FRAME_MARKERS or marker == 0xF7:  # 0xF7 is JPEG-LS
            rows, columns, components = struct.unpack_from(">HHB", encoded, at + 5)
            return rows, columns, components
        at += 2 + int.from_bytes(encoded[at + 2 : at + 4], "big")
    return None
