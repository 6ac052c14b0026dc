"""The run's log: one JSON object a line, appended as things happen."""

from __future__ import annotations

import json
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

    Raises
    ------
    OutputUnwritable
        If the file cannot be opened.
    """

    def __init__(self, output: Path) -> None:
        try:
            self._file = (output / LOG).open("a", encoding="ascii")
        except OSError as error:
            raise OutputUnwritable(f"{LOG}: {error.strerror or error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, event: str, **facts: object) -> None:
        """Append one event with its facts and the time in UTC."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._file.write(json.dumps({"time": now, "event": event, **facts}) + "\n")
        self._file.flush()
