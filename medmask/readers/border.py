"""What the operating system and other libraries say about a file, as errors of the scan."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from medmask.errors import Damaged, NotRegular, ScanError, TooLarge

FOREIGN: Final = (  # what pydicom, pylibjpeg, SimpleITK and Pillow were seen to raise on damage
    *(AttributeError, TypeError, ValueError, LookupError, ArithmeticError, EOFError),
    *(NotImplementedError, RuntimeError, SyntaxError, struct.error),
)
_PANIC: Final = "PanicException"  # of pylibjpeg-rle on broken runs: from Rust, and no Exception


@contextmanager
def reading(where: str) -> Iterator[None]:
    """Translate what the system raises while a file is read.

    Parameters
    ----------
    where : str
        The file's name.

    Raises
    ------
    NotRegular
        If the file is gone.
    Damaged
        If it cannot be read: no permission, a broken disk.
    TooLarge
        If memory ends.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise NotRegular(where, "the file is gone", "a file that stays") from error
    except MemoryError as error:
        raise TooLarge(where, "more voxels than memory", "a smaller scan") from error
    except OSError as error:
        raise Damaged(where, error.strerror or "not readable", "a readable file") from error


@contextmanager
def decoding(told: Callable[[str], ScanError]) -> Iterator[None]:
    """Translate what a decoder raises on what it cannot decode.

    Parameters
    ----------
    told : callable
        From the first line of what it says to the error that is raised in its place.
    """
    try:
        yield
    except BaseException as error:
        if not isinstance(error, FOREIGN) and type(error).__name__ != _PANIC:
            raise
        raise told(str(error).strip().partition("\n")[0]) from error
