"""A dask scheduler and its workers on this machine's loopback, for as long as they are needed."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.night import ROOT


@dataclass(frozen=True)
class Loopback:
    """Processes that were started.

    Attributes
    ----------
    address : Path
        The scheduler's file.
    scheduler : Popen
    workers : list of Popen
        Of one thread each.
    """

    address: Path
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


@contextlib.contextmanager
def loopback(
    folder: Path, workers: int = 2, words: tuple[str, ...] = (), worker_words: tuple[str, ...] = ()
) -> Iterator[Loopback]:
    """Start a scheduler and workers, and kill what is left of them in the end.

    Parameters
    ----------
    folder : Path
        For their files.
    workers : int
    words, worker_words : tuple of str
        Further words of all commands, and of workers' alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    address = folder / "scheduler.json"
    shared = ("--no-dashboard", "--scheduler-file", str(address), *words)
    started = [_started("dask_scheduler", "--host", "127.0.0.1", "--port", "0", *shared)]
    try:
        for number in range(workers):
            own = ("--local-directory", str(folder / str(number)), "--no-nanny", "--nthreads", "1")
            started.append(_started("dask_worker", *own, *shared, *worker_words))
        yield Loopback(address, started[0], started[1:])
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def _started(module: str, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{module}", *words],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
