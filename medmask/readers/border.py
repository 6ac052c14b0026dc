"""What the operating system says about a file, as errors of the scan."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from medmask.errors import Damaged, NotRegular, TooLarge


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
