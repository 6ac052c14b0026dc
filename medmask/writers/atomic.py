"""The one way in which medmask writes a file: whole under its name, or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from medmask.errors import WriteFailed

_PREFIX, _SUFFIX = ".medmask-", ".tmp"
_BLOCK = 1 << 20


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that its name never holds less than the whole content.

    The bytes go to a temporary name in the same folder, are fsynced, read back and compared, and
    only then take the final name; a file of that name is replaced.

    Parameters
    ----------
    path : Path
        The final name; its folder is made if need be.
    content : bytes
        All of the file.

    Raises
    ------
    WriteFailed
        If the content cannot be written whole: disk full, no permission, folder gone. Nothing is
        left behind and a file that had the name keeps it.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if not _holds(temporary, content):
            size = temporary.stat().st_size
            found = f"{len(content)} bytes were written and {size} or others read back"
            raise WriteFailed(path.name, found, "a whole file")
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise WriteFailed(path.name, error.strerror or str(error), "a writable folder") from error
    finally:
        if temporary is not None:
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()


def _holds(path: Path, content: bytes) -> bool:
    """Tell whether a file has exactly the bytes that were written."""
    wanted = memoryview(content)
    with path.open("rb", buffering=0) as file:
        for start in range(0, len(content), _BLOCK):
            if file.read(_BLOCK) != wanted[start : start + _BLOCK]:
                return False
        return not file.read(1)


def remove_leftovers(folder: Path) -> None:
    """Remove temporary files that a killed process left below a folder.

    Parameters
    ----------
    folder : Path
        Nobody may be writing below it.
    """
    for path in folder.rglob(f"{_PREFIX}*{_SUFFIX}"):
        path.unlink(missing_ok=True)


def _umask() -> int:
    """Return the process' umask; there is no way to ask for it but to set it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
