"""Sources -> scan ids that are unique and safe on every file system."""

from __future__ import annotations

import hashlib
import re
import unicodedata

LONGEST = 64  # characters of the readable part; with the digest far below any NAME_MAX
_DIGEST = re.compile(r"[0-9a-f]{8}")
_NOT_SAFE = re.compile(r"[^A-Za-z0-9]+")


def scan_id(source: str, key: str) -> str:
    """Return an id that reads like the source and differs wherever source or key differ.

    Parameters
    ----------
    source : str
        Path below the input.
    key : str
        What tells scans of one source apart, such as a series; empty for a file.

    Returns
    -------
    str
        ASCII letters, digits and ``-``; the readable end of the source and 8 hexadecimal digits,
        so that names that a file system would fold onto each other stay apart.

    Examples
    --------
    >>> scan_id("study 1/CT thorax.nii.gz", "")
    'study-1-CT-thorax-a68790c4'
    """
    return f"{_readable(source)}-{digest(chr(0).join((source, key)))}"


def is_made_of(name: str, source: str) -> bool:
    """Tell whether an id is made of a source, and so tells a reader nothing beyond it.

    Examples
    --------
    >>> is_made_of("study-1-CT-thorax-a68790c4", "study 1/CT thorax.nii.gz")
    True
    >>> is_made_of("p001", "study 1/CT thorax.nii.gz")
    False
    """
    start, _, end = name.rpartition("-")
    return start == _readable(source) and _DIGEST.fullmatch(end) is not None


def _readable(source: str) -> str:
    stem = re.sub(
        r"(\.nii)?\.(gz|nii|nrrd|nhdr|mh[ad]|hdr|png|jpe?g|tiff?|dcm)$",
        "",
        source,
        flags=re.IGNORECASE,
    )
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return _NOT_SAFE.sub("-", plain).strip("-")[-LONGEST:].strip("-") or "scan"


def digest(text: str) -> str:
    """Return 8 hexadecimal digits of a text's SHA-256; any characters, also undecodable ones."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:8]
