"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path
from typing import Final

from medmask.errors import BadHeader, Truncated, UnsupportedFormat
from medmask.outcome import ScanWarning
from medmask.readers.arrays.detached import is_header_of_pair
from medmask.readers.border import reading
from medmask.readers.dicom.data_set import looks_like_data_set
from medmask.scan import Format

_HEAD: Final = 4096  # bytes looked at
_NIFTI_HEAD: Final = 540  # bytes of a NIfTI-2 header, all that is ever unpacked here
_READ_HERE: Final = "DICOM, NIfTI, Analyze, NRRD, MetaImage, PNG, JPEG or TIFF"

_CLAIMS: Final[dict[str, Format | None]] = {  # None: an image of a kind that is not read
    ".dcm": Format.DICOM,
    ".dicom": Format.DICOM,
    ".nii": Format.NIFTI,
    ".nii.gz": Format.NIFTI,
    ".png": Format.PNG,
    ".jpg": Format.JPEG,
    ".jpeg": Format.JPEG,
    ".nrrd": Format.NRRD,
    ".nhdr": Format.NRRD,
    ".mha": Format.META,
    ".mhd": Format.META,
    ".tif": Format.TIFF,
    ".tiff": Format.TIFF,
    ".bmp": None,
    ".gif": None,
    ".mgz": None,
    ".mnc": None,
    ".zip": None,
}
_UNREAD: Final = (
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II+\0", "BigTIFF"),
    (b"MM\0+", "BigTIFF"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000 file"),
    (b"\xff\x4f\xff\x51", "JPEG 2000 code stream"),
    (b"8BPS\0\x01", "Photoshop"),
)
_READ: Final = (
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"\xff\xd8\xff", Format.JPEG),
    (b"NRRD000", Format.NRRD),
    (b"II*\0", Format.TIFF),
    (b"MM\0*", Format.TIFF),
)
_META_START: Final = re.compile(
    rb"(?:[A-Za-z]\w* *=[^\n]*\n)*?(?:ObjectType *= *(\w+)|NDims *= *\d)"
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
    for magic, read in _READ:
        if head.startswith(magic):
            return read
    for magic, name in _UNREAD:
        if head.startswith(magic):
            raise UnsupportedFormat(path.name, f"the file is {name}", _READ_HERE)
    if _is_bitmap(path, head):
        raise UnsupportedFormat(path.name, "the file is BMP", _READ_HERE)
    if head.startswith(b"\x1f\x8b"):
        return _inside_gzip(path, head)
    if _is_meta(path, head):
        return Format.META
    if looks_like_data_set(head):
        return Format.DICOM
    return _nifti(path, head)


def _is_bitmap(path: Path, head: bytes) -> bool:
    """Two letters are too little: a bitmap also states its own size."""
    return head.startswith(b"BM") and head[2:6] == struct.pack("<I", path.stat().st_size)


def _is_meta(path: Path, head: bytes) -> bool:
    """Tell a MetaImage by its first fields; refuse other objects of MetaIO by name."""
    start = _META_START.match(head)
    if start is None:
        return False
    if start[1] not in {None, b"Image"}:
        found = f"the file is a {start[1].decode()} of MetaIO"
        raise UnsupportedFormat(path.name, found, _READ_HERE)
    return True


def _nifti(path: Path, head: bytes) -> Format | None:
    """Tell NIfTI and Analyze by header size and magic; a pair is known by its header's name."""
    size = {head[:4], head[3::-1]} if len(head) >= 348 else set()
    if struct.pack("<i", 540) in size and head[4:8] in {b"n+2\0", b"ni2\0"}:
        return _single_or_header(path, head[4:8])
    if struct.pack("<i", 348) not in size:
        return None
    magic = head[344:348]
    if magic in {b"n+1\0", b"ni1\0"}:
        return _single_or_header(path, magic)
    if is_header_of_pair(path) and not magic.startswith(b"n"):
        return Format.ANALYZE
    found = f"an Analyze header, or NIfTI with the magic {magic!r}"
    raise UnsupportedFormat(path.name, found, "NIfTI with the magic b'n+1\\x00'")


def _single_or_header(path: Path, magic: bytes) -> Format:
    if magic.startswith(b"ni") and not is_header_of_pair(path):
        found = "the header of a NIfTI pair under another name than .hdr"
        raise UnsupportedFormat(path.name, found, "one .nii file, or .hdr and .img")
    return Format.NIFTI


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
    if inner.startswith(b"NRRD000"):
        raise UnsupportedFormat(path.name, "NRRD inside gzip", "NRRD with the encoding gzip")
    return _nifti(path, inner)


def _demand_no_claim(path: Path, head: bytes) -> None:
    """Raise if a name claims an image that the content is not."""
    ending = _claimed_ending(path.name) or _analyze_ending(path)
    if not ending or _is_other_half(path, ending):
        return
    if not head:
        raise Truncated(path.name, "the file is empty", _READ_HERE)
    start = head.lstrip()[:64].lower() if head[:1] in b" \t\r\n<" else head
    for magic, name in _TELLING_NAMES:
        if start.startswith(magic):
            raise UnsupportedFormat(path.name, f"named {ending}, but it is {name}", _READ_HERE)
    if ending in {".img", ".hdr"} or _CLAIMS[ending] is None:
        raise UnsupportedFormat(path.name, f"a {ending} file", _READ_HERE)
    found = f"named {ending}, but it begins with {head[:8]!r}"
    raise BadHeader(path.name, found, _READ_HERE)


def _claimed_ending(name: str) -> str:
    lower = name.lower()
    return next((e for e in sorted(_CLAIMS, key=len, reverse=True) if lower.endswith(e)), "")


def _analyze_ending(path: Path) -> str:
    """Return ``.img`` or ``.hdr`` for a half whose other half lies beside it."""
    other = {".img": ".hdr", ".hdr": ".img"}.get(path.suffix.lower())
    return path.suffix.lower() if other is not None and _with_suffix(path, other).is_file() else ""


def _is_other_half(path: Path, ending: str) -> bool:
    """Tell whether this is the data of a pair, whose header accounts for it."""
    if ending != ".img":
        return False
    header = _with_suffix(path, ".hdr")
    with reading(header.name), header.open("rb") as file:
        head = file.read(_HEAD)
    try:
        return _nifti(header, head) is not None
    except UnsupportedFormat:
        return False


def _with_suffix(path: Path, suffix: str) -> Path:
    return path.with_suffix(suffix.upper() if path.suffix.isupper() else suffix)
