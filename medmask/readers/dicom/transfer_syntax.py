"""How DICOM pixels may be encoded, and what decodes them (PS3.5 10 and annex A)."""

from __future__ import annotations

from typing import Final, Literal

ByteOrder = Literal["big", "little"]

IMPLICIT: Final = "1.2.840.10008.1.2"
EXPLICIT: Final = "1.2.840.10008.1.2.1"
DEFLATED: Final = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"
NATIVE: Final = frozenset({IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN})
RLE: Final = "1.2.840.10008.1.2.5"
DECODED: Final = {  # by pylibjpeg-rle, Pillow and pylibjpeg-openjpeg
    RLE: "RLE Lossless",
    "1.2.840.10008.1.2.4.50": "JPEG Baseline",
    "1.2.840.10008.1.2.4.90": "JPEG 2000 Lossless",
    "1.2.840.10008.1.2.4.91": "JPEG 2000",
    "1.2.840.10008.1.2.4.201": "HTJ2K Lossless",
    "1.2.840.10008.1.2.4.202": "HTJ2K Lossless RPCL",
    "1.2.840.10008.1.2.4.203": "HTJ2K",
}
DECODED_BY_ITK: Final = {
    "1.2.840.10008.1.2.4.51": "JPEG Extended",
    "1.2.840.10008.1.2.4.53": "JPEG Spectral Selection (retired)",
    "1.2.840.10008.1.2.4.55": "JPEG Full Progression (retired)",
    "1.2.840.10008.1.2.4.57": "JPEG Lossless",
    "1.2.840.10008.1.2.4.70": "JPEG Lossless SV1",
    "1.2.840.10008.1.2.4.80": "JPEG-LS Lossless",
    "1.2.840.10008.1.2.4.81": "JPEG-LS Near-Lossless",
}
REFUSED: Final = {
    "1.2.840.10008.1.2.4.110": "JPEG XL Lossless",
    "1.2.840.10008.1.2.4.111": "JPEG XL Recompression",
    "1.2.840.10008.1.2.4.112": "JPEG XL",
}


def encoding_name(transfer_syntax: str) -> str:
    """Return a readable name of a transfer syntax."""
    if transfer_syntax in NATIVE:
        return {DEFLATED: "deflated", BIG_ENDIAN: "big endian"}.get(transfer_syntax, "native")
    for names in (DECODED, DECODED_BY_ITK, REFUSED):
        if transfer_syntax in names:
            return names[transfer_syntax]
    return "an unknown transfer syntax"


def byte_order(transfer_syntax: str) -> ByteOrder:
    """Return the order of bytes in binary values."""
    return "big" if transfer_syntax == BIG_ENDIAN else "little"


def is_decoded(transfer_syntax: str) -> bool:
    """Tell whether pixels in a transfer syntax can be read here."""
    return any(transfer_syntax in known for known in (NATIVE, DECODED, DECODED_BY_ITK))
