"""Who holds an output folder, and whether they still do."""

from __future__ import annotations

import os
import socket
import time
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
    def is_here(self) -> bool:
        """Whether the process runs on this host, so that one can look."""
        return self.host == socket.gethostname()

    @property
    def is_gone(self) -> bool:
        """Whether the process has ended; of another host this is not known, so: no."""
        if not self.is_here:
            return False
        try:
            return abs(psutil.Process(self.pid).create_time() - self.born) > 1.0
        except psutil.NoSuchProcess:
            return True

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host} since {self.since}"


@dataclass(frozen=True)
class Beat:
    """A sign of life of the run that holds an output.

    Attributes
    ----------
    number : int
        Counts up; clocks of hosts may differ, a number that goes on does not lie.
    time : float
        Seconds since 1970, by the owner's clock.
    standing : str
        How far the run was.
    """

    number: int
    time: float
    standing: str = ""

    @property
    def age_s(self) -> float:
        """Seconds since, by this host's clock."""
        return max(0.0, time.time() - self.time)
