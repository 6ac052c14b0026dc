"""SHA-256 of inputs and outputs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def file_sha256(path: Path) -> str:
    """Return the hex digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_sha256(paths: Iterable[Path]) -> str:
    """Return the hex digest of several files' bytes, whatever their names and order."""
    each = sorted(file_sha256(path) for path in paths)
    return hashlib.sha256("".join(each).encode()).hexdigest()
