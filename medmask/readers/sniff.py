"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Final

from medmask.errors import BadHeader, Truncated, UnsupportedFormat
from medmask.outcome import ScanWarning
from medmask.readers.border import reading
from medmask.readers.dicom.data_set import looks_like_elements
from medmask.scan import Format

_HEAD: Final = 4096  # bytes looked at
_NIFTI_HEAD: Final = 540  # bytes of a NIfTI-2 header, all that is ever unpacked here
_READ_HERE: Final = "DICOM, NIfTI (.nii, .nii.gz), PNG or JPEG"

_CLAIMS: Final[dict[str, Format | None]] = {  # None: an image of a kind that is not read
    ".dcm": Format.DICOM,
    ".dicom": Format.DICOM,
    ".nii": Format.NIFTI,
    ".nii.gz": Format.NIFTI,
    ".png": Format.PNG,
    ".jpg": Format.JPEG,
    ".jpeg": Format.JPEG,
    ".nrrd": None,
    ".nhdr": None,
    ".mha": None,
    ".mhd": None,
    ".tif": None,
    ".tiff": None,
    ".bmp": None,
    ".gif": None,
    ".mgz": None,
    ".mnc": None,
    ".zip": None,
}
_UNREAD: Final = (
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "BigTIFF"),
    (b"MM\0+", "BigTIFF"),
    (b"NRRD000", "NRRD"),
    (b"ObjectType =", "MetaImage"),
    (b"NDims =", "MetaImage"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000 file"),
    (b"\xff\x4f\xff\x51", "JPEG 2000 code stream"),
    (b"8BPS\0\x01", "Photoshop"),
)
_TELLING_NAMES: Final = (  # only worth a word when the name claims an image
    (b"%!PS", "PostScript"),
    (b"<svg", "SVG"),
    (b"<?xml", "XML or SVG"),
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89HDF", "HDF5"),
)


def sniff(path: Path) -> Format | None:
    """Return the format of a regular file by its content.

    Parameters
    ----------
    path : Path
        A regular file; nothing else is ever opened here.

    Returns
    -------
    Format or None
        ``None`` if it is no image at all and does not claim to be one.

    Raises
    ------
    UnsupportedFormat
        If it is an image of a kind that is not read.
    Truncated, BadHeader
        If its name claims an image and its content is empty or something else.
    NotRegular, Damaged
        If it is gone or cannot be read.
    """
    with reading(path.name):
        with path.open("rb") as file:
            head = file.read(_HEAD)
        found = _by_content(path, head)
    if found is None:
        _demand_no_claim(path, head)
    return found


def name_warning(path: Path, found: Format, *, is_gzip: bool = False) -> tuple[ScanWarning, ...]:
    """Return a warning if a file's name claims another format than its content has.

    Parameters
    ----------
    path : Path
    found : Format
        By content.
    is_gzip : bool
        Whether the content is compressed with gzip.
    """
    ending = _claimed_ending(path.name)
    if not ending or (_CLAIMS[ending] is found and is_gzip == ending.endswith(".gz")):
        return ()
    content = f"{found.value}, {'gzip' if is_gzip else 'not gzip'}"
    message = f"the name ends in {ending}, the content is {content}; the content was believed"
    return (ScanWarning("name_differs", message),)


def _by_content(path: Path, head: bytes) -> Format | None:
    if head[128:132] == b"DICM":  # first: the preamble may be that of a TIFF (PS3.10 7.1)
        return Format.DICOM
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Format.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    for magic, name in _UNREAD:
        if head.startswith(magic):
            raise UnsupportedFormat(path.name, f"the file is {name}", _READ_HERE)
    if _is_bitmap(path, head):
        raise UnsupportedFormat(path.name, "the file is BMP", _READ_HERE)
    if head.startswith(b"\x1f\x8b"):
        return _inside_gzip(path, head)
    if any(looks_like_elements(head, explicit=explicit) for explicit in (True, False)):
        return Format.DICOM
    return _nifti(path, head)


def _is_bitmap(path: Path, head: bytes) -> bool:
    """Two letters are too little: a bitmap also states its own size."""
    return head.startswith(b"BM") and head[2:6] == struct.pack("<I", path.stat().st_size)


def _nifti(path: Path, head: bytes) -> Format | None:
    """Tell NIfTI by header size and magic; refuse pairs and Analyze by name."""
    size = {head[:4], head[3::-1]} if len(head) >= 348 else set()
    if struct.pack("<i", 540) in size:
        if head[4:8] == b"n+2\0":
            return Format.NIFTI
        if head[4:8] == b"ni2\0":
            raise UnsupportedFormat(path.name, "half of a NIfTI-2 pair", "one .nii file")
    if struct.pack("<i", 348) not in size:
        return None
    if head[344:348] == b"n+1\0":
        return Format.NIFTI
    if head[344:348] == b"ni1\0":
        raise UnsupportedFormat(path.name, "half of a NIfTI-1 pair", "one .nii file")
    found = f"an Analyze header, or NIfTI with the magic {head[344:348]!r}"
    raise UnsupportedFormat(path.name, found, "NIfTI with the magic b'n+1\\x00'")


def _inside_gzip(path: Path, head: bytes) -> Format | None:
    """Look at the first bytes inside a gzip file."""
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        inner = inflater.decompress(head, _NIFTI_HEAD)
    except zlib.error as error:
        if _claimed_ending(path.name):
            found = f"the gzip stream is broken: {error}"
            raise BadHeader(path.name, found, "a whole gzip stream") from error
        return None
    if inner[128:132] == b"DICM":
        raise UnsupportedFormat(path.name, "DICOM inside gzip", "DICOM as it is")
    return _nifti(path, inner)


def _demand_no_claim(path: Path, head: bytes) -> None:
    """Raise if a name claims an image that the content is not."""
    ending = _claimed_ending(path.name) or _analyze_ending(path)
    if not ending:
        return
    if not head:
        raise Truncated(path.name, "the file is empty", _READ_HERE)
    start = head.lstrip()[:64].lower() if head[:1] in b" \t\r\n<" else head
    for magic, name in _TELLING_NAMES:
        if start.startswith(magic):
            raise UnsupportedFormat(path.name, f"named {ending}, but it is {name}", _READ_HERE)
    if ending in {".img", ".hdr", ".nhdr"} or _CLAIMS[ending] is None:
        raise UnsupportedFormat(path.name, f"a {ending} file", _READ_HERE)
    found = f"named {ending}, but it begins with {head[:8]!r}"
    raise BadHeader(path.name, found, _READ_HERE)


def _claimed_ending(name: str) -> str:
    lower = name.lower()
    return next((e for e in sorted(_CLAIMS, key=len, reverse=True) if lower.endswith(e)), "")


def _analyze_ending(path: Path) -> str:
    """Return ``.img`` or ``.hdr`` for a half whose other half lies beside it."""
    for mine, other in ((".img", ".hdr"), (".hdr", ".img")):
        if path.suffix.lower() == mine and path.with_suffix(other).is_file():
            return mine
    return ""
