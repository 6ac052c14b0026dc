"""Who holds an output folder."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

import psutil


@dataclass(frozen=True)
class Owner:
    """A process that runs medmask on an output.

    Attributes
    ----------
    host : str
    pid : int
    born : float
        When the process started, in seconds since 1970: process numbers are used again.
    since : str
        When it took the output, ISO 8601 in UTC.
    """

    host: str
    pid: int
    born: float
    since: str

    @classmethod
    def me(cls) -> Self:
        """Return this process."""
        since = datetime.now(UTC).isoformat(timespec="seconds")
        pid = os.getpid()
        return cls(socket.gethostname(), pid, psutil.Process(pid).create_time(), since)

    @property
    def is_gone(self) -> bool:
        """Whether the process has ended; of another host this is not known, so: no."""
        if self.host != socket.gethostname():
            return False
        try:
            return abs(psutil.Process(self.pid).create_time() - self.born) > 1.0
        except psutil.NoSuchProcess:
            return True

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host} since {self.since}"
