"""The run's log: one JSON object a line, appended as things happen."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from medmask.errors import OutputUnwritable

LOG = "run.log"


class RunLog:
    """Appends events to ``run.log``.

    Parameters
    ----------
    output : Path
        The run's folder.
    name : str
        The file's name in it.

    Raises
    ------
    OutputUnwritable
        If the file cannot be opened.
    """

    def __init__(self, output: Path, name: str = LOG) -> None:
        self._unwritten = b""
        try:
            self._file = (output / name).open("ab", buffering=0)
        except OSError as error:
            raise OutputUnwritable(f"{name}: {error.strerror or error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, event: str, **facts: object) -> None:
        """Append one event with its facts and the time in UTC."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._unwritten += json.dumps({"time": now, "event": event, **facts}).encode() + b"\n"
        self._flush()

    def _flush(self) -> None:
        """Append what is not written yet; where it does not fit, it is kept for the next time."""
        try:
            size = os.fstat(self._file.fileno()).st_size
            if self._file.write(self._unwritten) == len(self._unwritten):
                self._unwritten = b""
            else:
                self._file.truncate(size)  # no half lines
        except OSError:
            return  # the journal, which is written beside it, meets the same and says so
