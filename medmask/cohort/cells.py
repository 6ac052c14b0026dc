"""The children of a run: those that are free, and all that must be gone in the end."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

from medmask.cohort.answer import Answer
from medmask.cohort.cell import Cell, Order


class Place(Protocol):
    """Where one scan at a time can be worked on."""

    def run(self, order: Order, watch: Callable[[float], None]) -> Answer:
        """Work on one scan, see `Cell.run`."""


P = TypeVar("P", bound=Place)


class Places(Protocol[P]):
    """Hands out places, on this machine or on others."""

    def take(self) -> P:
        """Return a place that is free."""

    def keep(self, cell: P) -> None:
        """Take back a place that has answered."""

    def drop(self, cell: P) -> None:
        """Take back a place that is of no more use."""

    def stop(self) -> None:
        """End all work."""

    def dismiss(self) -> None:
        """Let all places end: there is nothing left to do."""


class Cells:
    """Makes cells as they are asked for, and keeps those that can take another scan."""

    def __init__(self) -> None:
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
        cell = Cell()
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

    def close_free(self) -> None:
        """Let the cells end that nobody works with."""
        with contextlib.suppress(queue.Empty):
            while True:
                cell = self._free.get_nowait()
                cell.close()
                self.drop(cell)

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
