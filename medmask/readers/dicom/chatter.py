"""What a decoder in C says on the terminal though nothing is wrong."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator
from typing import Final

_STDERR: Final = 2
_CHATTER: Final = b"Unsupported JPEG data precision"
_ONE_AT_A_TIME: Final = threading.Lock()  # a process has one standard error


@contextlib.contextmanager
def without_chatter() -> Iterator[None]:
    """Keep one line of libjpeg from the terminal; all else that is written meanwhile comes after.

    GDCM tries the decoder for 8 bits on every frame of 12. libjpeg says that it cannot, straight to
    the file descriptor, and then the decoder for 12 bits does.
    """
    with _ONE_AT_A_TIME, tempfile.TemporaryFile() as said:
        terminal = os.dup(_STDERR)
        os.dup2(said.fileno(), _STDERR)
        try:
            yield
        finally:
            os.dup2(terminal, _STDERR)
            os.close(terminal)
            said.seek(0)
            kept = b"".join(line for line in said if not line.startswith(_CHATTER))
            if kept:
                os.write(_STDERR, kept)
