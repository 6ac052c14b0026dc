"""The children of a run: those that are free, and all that must be gone in the end."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Iterator

from medmask.cohort.cell import Cell
from medmask.pipeline import Task

_ONE_THREAD = (
    "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


class Cells:
    """Makes cells as they are asked for, and keeps those that can take another scan.

    Parameters
    ----------
    task : Task
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._free: queue.SimpleQueue[Cell] = queue.SimpleQueue()
        self._all: set[Cell] = set()
        self._guard = threading.Lock()
        self._stopped = False

    def take(self) -> Cell:
        """Return a cell that is free, or a new one; from any thread."""
        with contextlib.suppress(queue.Empty):
            while True:
                cell = self._free.get_nowait()
                if cell.is_fit:
                    return cell
                self.drop(cell)
        cell = Cell(self._task)
        with self._guard:
            if not self._stopped:
                self._all.add(cell)
                return cell
        cell.kill()
        return cell

    def keep(self, cell: Cell) -> None:
        """Take back a cell that has answered."""
        self._free.put(cell)

    def drop(self, cell: Cell) -> None:
        """Kill a cell that is of no more use."""
        cell.kill()
        with self._guard:
            self._all.discard(cell)

    def stop(self) -> None:
        """Kill every cell, and each that is made from now on."""
        for cell in self._given_up(stopped=True):
            cell.kill()

    def dismiss(self) -> None:
        """Let every cell end by itself: there is nothing left to do."""
        for cell in self._given_up(stopped=False):
            cell.close()

    def _given_up(self, *, stopped: bool) -> list[Cell]:
        with self._guard:
            self._stopped = self._stopped or stopped
            cells = list(self._all)
            self._all.clear()
        return cells


@contextlib.contextmanager
def single_threaded_children() -> Iterator[None]:
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
