"""One scan at a time in a child process that can be killed."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
import traceback
import types
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext

from medmask.cohort.memory import peak_rss_mb, reset_peak
from medmask.errors import InternalFault, ScanError, Skip, TimedOut, TooLarge, WorkerDied
from medmask.outcome import Outcome, Status
from medmask.pipeline import Finished, Task
from medmask.pipeline.digest import files_sha256
from medmask.scan import Scan

_STARTING = threading.Lock()
_GRACE_S = 1.0
_LOOK_EVERY_S = 0.5


@dataclass(frozen=True)
class Answer:
    """What a child says of one scan.

    Attributes
    ----------
    finished : Finished
    fault : str
        For a fault of medmask's own: where it happened, without values from the scan.
    """

    finished: Finished
    fault: str = ""


class Cell:
    """A child process that works on scans one by one, for as long as it lives.

    Parameters
    ----------
    task : Task
        What is done to each scan.

    Notes
    -----
    A segmentation fault, an exit or a hang costs the scan that caused it: the supervisor sees the
    pipe close or the time run out, kills what is left and starts another child.
    """

    def __init__(self, task: Task) -> None:
        context = _context()
        self._pipe, theirs = context.Pipe()
        self._child = context.Process(target=_serve, args=(theirs, task), daemon=True)
        with _STARTING, _main_left_alone():
            self._child.start()
        theirs.close()

    def run(self, scan: Scan, timeout_s: float | None) -> Answer:
        """Work on one scan.

        Parameters
        ----------
        scan : Scan
        timeout_s : float or None
            Seconds after which the child is killed.

        Raises
        ------
        TimedOut
            If the scan took longer.
        WorkerDied
            If the child ended without an answer.
        """
        try:
            self._pipe.send(scan)
            if not self._pipe.poll(timeout_s):
                self.kill()
                raise TimedOut(
                    scan.source, f"no result within {timeout_s:g} s", "a scan within --timeout"
                )
            answer = self._pipe.recv()
        except (EOFError, OSError) as error:
            self.kill()
            raise WorkerDied(scan.source, self._how_it_ended(), "a scan that ends") from error
        assert isinstance(answer, Answer)
        return answer

    @property
    def is_alive(self) -> bool:
        """Whether the child can take another scan."""
        return bool(self._child.is_alive())

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

    def _how_it_ended(self) -> str:
        code = self._child.exitcode
        if code is not None and code < 0:
            return f"the process that worked on it was ended by {signal.Signals(-code).name}"
        return f"the process that worked on it ended with exit code {code}"


def _context() -> ForkServerContext | SpawnContext:
    """Return how children are started: from a server with the heavy modules loaded, if there is."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(["medmask.pipeline", "medmask.cohort.cell"])
    return context


@contextlib.contextmanager
def _main_left_alone() -> Iterator[None]:
    """Keep the child from running the user's script again: it needs nothing from there."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _serve(pipe: Connection, task: Task) -> None:
    """Answer scans until the supervisor hangs up; a terminal's Ctrl-C is the supervisor's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        while True:
            pipe.send(answer(pipe.recv(), task))
    except (EOFError, OSError):
        return


def _end_with_parent() -> None:
    """End this process when its parent is gone: nobody waits for the answer any more."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY_S)
    os._exit(1)


def answer(scan: Scan, task: Task) -> Answer:
    """Work on a scan in this process; every failure becomes its row.

    Parameters
    ----------
    scan : Scan
    task : Task
    """
    reset_peak()
    start = time.perf_counter()
    fault = ""
    try:
        finished = task(scan)
    except ScanError as error:
        finished = _failed(scan, error)
    except MemoryError:
        needed = "a smaller scan or more memory"
        finished = _failed(scan, TooLarge(scan.source, "memory ran out", needed))
    except Exception as error:  # noqa: BLE001 - the one catch-all: a fault costs one scan
        fault = f"{type(error).__name__} at {_where(error)}"
        finished = _failed(scan, InternalFault(scan.source, fault, "nothing: please report this"))
    seconds = round(time.perf_counter() - start, 3)
    row = replace(finished.outcome, seconds=seconds, peak_rss_mb=peak_rss_mb())
    return Answer(replace(finished, outcome=row), fault)


def _failed(scan: Scan, error: ScanError) -> Finished:
    """Return a failure with the digest of what failed: the same bytes fail the same way again.

    A failure that may pass has no digest, so that the next run tries again by itself.
    """
    inputs = ""
    if not error.may_pass:
        with contextlib.suppress(OSError):
            inputs = files_sha256(scan.files)
    return Finished(failure(scan, error), inputs)


def failure(scan: Scan, error: ScanError) -> Outcome:
    """Return the row of a scan that could not be processed, or is none after all."""
    return Outcome(
        scan_id=scan.scan_id,
        study_id=scan.study_id,
        source=scan.source,
        format=str(scan.format),
        status=Status.SKIPPED if isinstance(error, Skip) else Status.FAILED,
        code=error.code,
        message=str(error),
    )


def _where(error: Exception) -> str:
    """Return the innermost place in medmask, as ``module:line``; no values, no paths."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "medmask" in frame.filename] or list(frames)
    last = ours[-1]
    module = last.filename.replace("\\", "/").rpartition("medmask/")[2]
    return f"{module}:{last.lineno}"
