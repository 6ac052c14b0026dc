"""SHA-256 of inputs and outputs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from medmask.scan import AnnotationKind, Scan

_HEAD_BYTES: Final = 4096


def file_sha256(path: Path) -> str:
    """Return the hex digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def quick_proof(paths: Iterable[Path]) -> str:
    """Return a digest of several files' sizes, times of change and first 4 KiB.

    It tells changed files apart as long as whoever changes bytes further on also changes the size
    or the time, which all but deliberate tools do.
    """
    each = []
    for path in paths:
        with path.open("rb", buffering=0) as file:
            facts = os.fstat(file.fileno())
            head = hashlib.sha256(file.read(_HEAD_BYTES)).hexdigest()
        each.append(f"{facts.st_size} {facts.st_mtime_ns} {head}")
    return hashlib.sha256("\n".join(sorted(each)).encode()).hexdigest()


def files_sha256(paths: Iterable[Path]) -> str:
    """Return the hex digest of several files' bytes, whatever their names and order."""
    each = sorted(file_sha256(path) for path in paths)
    return hashlib.sha256("".join(each).encode()).hexdigest()


def scan_sha256(scan: Scan) -> str:
    """Return the hex digest of all that a scan is made of: its files, and what was drawn onto it.

    What an annotation is called counts too, as it names layers and files.
    """
    own = files_sha256(scan.files)
    drawn = [file for file in scan.annotations if file.kind is not AnnotationKind.OVERLAY_PLANE]
    if not drawn:
        return own
    each = [f"{file.kind}\n{file.name}\n{files_sha256(file.files)}" for file in drawn]
    return hashlib.sha256(
        "\n".join([own, *sorted(each)]).encode("utf-8", "surrogateescape")
    ).hexdigest()
