"""One scan at a time in a child process that can be killed."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Final

import psutil

from medmask.cohort.answer import Answer, answer
from medmask.cohort.memory import limit_memory
from medmask.cohort.server import children_context, main_left_alone
from medmask.errors import TimedOut, WorkerDied, WorkerKilled
from medmask.pipeline import Task
from medmask.scan import Scan

_STARTING = threading.Lock()
_GRACE_S: Final = 1.0
_WATCH_EVERY_S: Final = 0.05  # memory can be filled at some GB a second
_GROWN_MB: Final = 512.0
_MB: Final = 2**20


@dataclass(frozen=True)
class Order:
    """One scan to work on, how, and within what.

    Attributes
    ----------
    scan : Scan
    task : Task
    timeout_s : float or None
        Seconds after which the child is killed.
    allowed_mb : float
        Memory beyond which the child is refused more, in MB (2**20 bytes).
    """

    scan: Scan
    task: Task
    timeout_s: float | None = None
    allowed_mb: float = float("inf")


class Cell:
    """A child process that works on scans one by one, for as long as it lives.

    Notes
    -----
    A segmentation fault, an exit or a hang costs the scan that caused it: the supervisor sees the
    pipe close or the time run out, kills what is left and starts another child.
    """

    def __init__(self) -> None:
        context = children_context()
        self._pipe, theirs = context.Pipe()
        self._child = context.Process(target=_serve, args=(theirs,), daemon=True)
        with _STARTING, main_left_alone():
            self._child.start()
        theirs.close()

    def run(self, order: Order, watch: Callable[[float], None]) -> Answer:
        """Work on one scan; the child is killed if anything but an answer comes of it.

        Parameters
        ----------
        order : Order
        watch : callable
            Told every now and then how many MB are resident; what it raises ends the child.

        Raises
        ------
        TimedOut
            If the scan took longer.
        WorkerDied
            If the child ended without an answer.
        """
        try:
            return self._asked(order, watch)
        except (EOFError, OSError) as error:
            self.kill()
            raise self._died(order.scan) from error
        except BaseException:
            self.kill()
            raise

    @property
    def is_fit(self) -> bool:
        """Whether the child can take another scan: it lives, and has not grown on the last ones."""
        return bool(self._child.is_alive()) and self._resident_mb() < _GROWN_MB

    def close(self) -> None:
        """Hang up: a child that waits for a scan ends by itself."""
        self._pipe.close()
        self._child.join(_GRACE_S)
        self.kill()

    def kill(self) -> None:
        """End the child, whatever it is doing, and wait until it is gone; from any thread.

        A supervisor that waits for this child sees the pipe close and is told that it died.
        """
        self._child.kill()
        self._child.join(_GRACE_S)

    def _asked(self, order: Order, watch: Callable[[float], None]) -> Answer:
        self._pipe.send(order)
        start = time.monotonic()
        while not self._pipe.poll(_WATCH_EVERY_S):
            if order.timeout_s is not None and time.monotonic() - start > order.timeout_s:
                found = f"no result within {order.timeout_s:g} s"
                raise TimedOut(order.scan.source, found, "a scan within --timeout")
            watch(self._resident_mb())
        said = self._pipe.recv()
        assert isinstance(said, Answer)
        return said

    def _resident_mb(self) -> float:
        try:
            return float(psutil.Process(self._child.pid).memory_info().rss) / _MB
        except psutil.Error:
            return 0.0

    def _died(self, scan: Scan) -> WorkerDied:
        code, accepted = self._child.exitcode, "a scan that ends"
        if code is None or code >= 0:
            found = f"the process that worked on it ended with exit code {code}"
            return WorkerDied(scan.source, found, accepted)
        name = signal.Signals(-code).name
        kind = WorkerKilled if name == "SIGKILL" else WorkerDied
        return kind(scan.source, f"the process that worked on it was ended by {name}", accepted)


def _serve(pipe: Connection) -> None:
    """Answer scans until the supervisor hangs up; signals to all processes are the supervisor's."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    if hasattr(select, "poll"):
        threading.Thread(target=_end_with_supervisor, args=(pipe,), daemon=True).start()
    try:
        while True:
            order = pipe.recv()
            limit_memory(order.allowed_mb)
            pipe.send(answer(order.scan, order.task))
    except (EOFError, OSError):
        return


def _end_with_supervisor(pipe: Connection) -> None:
    """End this process, whatever it does, soon after nobody waits for its answer any more.

    The parent process does not tell: it is the server, which lives as long as any child does.
    """
    watched = select.poll()
    watched.register(pipe.fileno(), 0)  # no events but the other end's closing, which always comes
    while not watched.poll():
        pass
    time.sleep(_GRACE_S)  # one that is waiting for a scan ends by itself
    os._exit(1)
