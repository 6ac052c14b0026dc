"""What is said to nobody: a reader of stdout or stderr that went away ends no command."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import Final, Literal, TextIO

_NOBODY_READS: Final = frozenset({errno.EPIPE, errno.EIO})  # a pipe's end, a terminal, was closed


def outlive_readers() -> None:
    """Let this process go on, and end with its own exit code, when nobody reads what it says.

    As ripgrep does, and unlike programs that end by SIGPIPE (141): a run of a night is not to end
    because ``| head`` has seen enough, and ``audit-phi`` tells by its exit code what it found.
    Streams that were closed from the start (``2>&-``) are opened on the null device, or the next
    file that is opened would take their place.
    """
    sys.stdin = sys.stdin or _nowhere("r")
    sys.stdout, sys.stderr = _outliving(sys.stdout), _outliving(sys.stderr)


def _outliving(stream: TextIO | None) -> TextIO:
    if stream is None:
        return _nowhere("w")
    return Outliving.of(stream) if isinstance(stream, io.TextIOWrapper) else stream


def _nowhere(mode: Literal["r", "w"]) -> TextIO:
    return open(os.devnull, mode, encoding="utf-8")  # noqa: PTH123 - open until the end


class Outliving(io.TextIOWrapper):
    """A text stream to a file descriptor that speaks to the null device once its reader is gone."""

    @classmethod
    def of(cls, stream: io.TextIOWrapper) -> Outliving:
        """Return a stream that takes the place of another one over the same buffer."""
        stream.flush()
        return cls(
            stream.buffer,
            encoding=stream.encoding,
            errors=stream.errors,
            line_buffering=stream.line_buffering,
            write_through=stream.write_through,
        )

    def write(self, text: str) -> int:
        """Write, whether or not anyone reads it."""
        with self._turning_away():
            super().write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, whether or not anyone reads it."""
        with self._turning_away():
            super().flush()

    @contextlib.contextmanager
    def _turning_away(self) -> Iterator[None]:
        """Put the null device in the place of a reader that is gone."""
        try:
            yield
        except OSError as error:
            if error.errno not in _NOBODY_READS:
                raise
            with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device
                os.dup2(nowhere.fileno(), self.fileno())
