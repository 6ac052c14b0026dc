"""Scans -> answers, as they come: joblib schedules supervisors, each owns a cell."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import warnings
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from joblib import Parallel, delayed

from medmask.cohort.cell import Answer, Cell, failure
from medmask.errors import ScanError, WorkerDied
from medmask.pipeline import Finished, Task
from medmask.scan import Scan

_GRACE_S = 5.0
_ONE_THREAD = (
    "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


@dataclass(frozen=True)
class CrewOptions:
    """How scans are worked on.

    Attributes
    ----------
    jobs : int
        Scans at a time, each in a process with one thread.
    timeout_s : float or None
        Seconds that one scan may take.
    retries : int
        Further tries after a process died: a cause that may pass.
    """

    jobs: int = 1
    timeout_s: float | None = None
    retries: int = 1


class Crew:
    """A pool of cells, one for each scan that is worked on at a time.

    Parameters
    ----------
    task : Task
    options : CrewOptions
    """

    def __init__(self, task: Task, options: CrewOptions) -> None:
        self._task = task
        self._options = options
        self._free: queue.SimpleQueue[Cell] = queue.SimpleQueue()
        self._all: set[Cell] = set()
        self._guard = threading.Condition()
        self._stopped = False
        self._busy = 0

    def work(self, scans: Sequence[Scan]) -> Generator[Answer, None, None]:
        """Yield an answer for each scan, in the order in which they finish.

        Closing the generator, or an exception in its consumer, ends all cells.
        """
        parallel = Parallel(
            n_jobs=self._options.jobs,
            backend="threading",
            return_as="generator_unordered",
            pre_dispatch=2 * self._options.jobs,
        )
        with _single_threaded_children():
            answers = parallel(delayed(self._supervise)(scan) for scan in scans)
            try:
                for answer in answers:  # noqa: UP028 - `yield from` would close joblib first
                    yield answer
            except BaseException:  # also GeneratorExit: children first, so that no supervisor waits
                self.stop()
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", UserWarning)  # joblib: tasks were cancelled
                    answers.close()
                raise
            self._dismiss()

    def stop(self) -> None:
        """Kill every cell; supervisors that wait for one are told that it died."""
        with self._guard:
            self._stopped = True
            cells = list(self._all)
            self._all.clear()
        for cell in cells:
            cell.kill()
        with self._guard:  # a supervisor that is starting a child must not be cut off in between
            self._guard.wait_for(lambda: self._busy == 0, timeout=_GRACE_S)

    def _dismiss(self) -> None:
        """Let every cell end by itself: there is nothing left to do."""
        with self._guard:
            cells = list(self._all)
            self._all.clear()
        for cell in cells:
            cell.close()

    def _supervise(self, scan: Scan) -> Answer:
        with self._guard:
            self._busy += 1
        try:
            return self._tried(scan)
        finally:
            with self._guard:
                self._busy -= 1
                self._guard.notify_all()

    def _tried(self, scan: Scan) -> Answer:
        """Work on one scan, again if it is worth it, and never raise on its account."""
        for attempt in range(1, self._options.retries + 2):
            cell = self._cell()
            try:
                answer = cell.run(scan, self._options.timeout_s)
            except ScanError as error:
                said = error
                self._drop(cell)
                if self._stopped or not isinstance(error, WorkerDied):
                    break
            else:
                self._free.put(cell)
                return _on_attempt(answer, attempt)
        return _on_attempt(Answer(Finished(failure(scan, said))), attempt)

    def _cell(self) -> Cell:
        """Return a cell that is free, or a new one; at most ``jobs`` supervisors ask at a time."""
        with contextlib.suppress(queue.Empty):
            while True:
                cell = self._free.get_nowait()
                if cell.is_alive:
                    return cell
                self._drop(cell)
        cell = Cell(self._task)
        with self._guard:
            if not self._stopped:
                self._all.add(cell)
                return cell
        cell.kill()
        return cell

    def _drop(self, cell: Cell) -> None:
        cell.kill()
        with self._guard:
            self._all.discard(cell)


def _on_attempt(answer: Answer, attempt: int) -> Answer:
    row = replace(answer.finished.outcome, attempts=attempt)
    return replace(answer, finished=replace(answer.finished, outcome=row))


@contextlib.contextmanager
def _single_threaded_children() -> Iterator[None]:
    """Let children inherit one thread for ITK, BLAS and OpenMP: the scans are the parallelism."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
