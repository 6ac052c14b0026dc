"""How far a run is, for a person who watches."""

from __future__ import annotations

import time
from collections import Counter
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from medmask.outcome import Outcome, Status

_LINE_EVERY_S = 10.0


class Watcher(Protocol):
    """Told of each step of a run."""

    def planned(self, to_do: int, kept: int) -> None:
        """Hear how many scans there are to work on, and how many are done already."""

    def finished(self, row: Outcome) -> None:
        """Hear of one scan's end."""

    def ended(self) -> None:
        """Hear that no more will come."""


class Silent:
    """Says nothing."""

    def planned(self, to_do: int, kept: int) -> None:
        """Say nothing."""

    def finished(self, row: Outcome) -> None:
        """Say nothing."""

    def ended(self) -> None:
        """Say nothing."""


class Bar:
    """A bar with rate and time left, and a line for each scan that failed."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
        )
        self._task: TaskID | None = None
        self._pace = Pace()

    def planned(self, to_do: int, kept: int) -> None:
        """Show the bar."""
        self._pace.start(to_do)
        text = f"scans ({kept} done before)" if kept else "scans"
        self._task = self._progress.add_task(text, total=to_do, rate="")
        self._progress.start()

    def finished(self, row: Outcome) -> None:
        """Move the bar; name the scan if it failed."""
        self._pace.count(row)
        if row.status is Status.FAILED:
            self._progress.console.print(f"[red]failed[/] {escape(_said(row))}", highlight=False)
        if self._task is not None:
            self._progress.update(self._task, advance=1, rate=self._pace.rate)

    def ended(self) -> None:
        """Leave the bar as it stands."""
        self._progress.stop()


class Lines:
    """Plain lines, for logs: each failure, and where the run stands every ten seconds."""

    def __init__(self, console: Console, *, every_scan: bool = False) -> None:
        self._console = console
        self._every_scan = every_scan
        self._pace = Pace()
        self._last = time.monotonic()

    def planned(self, to_do: int, kept: int) -> None:
        """Say what there is to do."""
        self._pace.start(to_do)
        self._print(f"{to_do} scans to do, {kept} done before")

    def finished(self, row: Outcome) -> None:
        """Say that a scan failed, and now and then how far the run is."""
        self._pace.count(row)
        if row.status is Status.FAILED:
            self._print(f"failed {_said(row)}")
        elif self._every_scan:
            self._print(f"{row.status} {row.source} ({row.seconds} s)")
        if time.monotonic() - self._last > _LINE_EVERY_S:
            self._last = time.monotonic()
            self._print(self._pace.line)

    def ended(self) -> None:
        """Say where the run stands at its end."""
        self._print(self._pace.line)

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


def _said(row: Outcome) -> str:
    """Return a failure's sentence, with the source where the sentence names a file only."""
    return row.message if row.message.startswith(row.source) else f"{row.source}: {row.message}"


class Pace:
    """Counts scans and the time they take."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._total = 0
        self._ends: Counter[Status] = Counter()

    def start(self, total: int) -> None:
        """Begin to count."""
        self._start = time.monotonic()
        self._total = total

    def count(self, row: Outcome) -> None:
        """Count one scan."""
        self._ends[row.status] += 1

    @property
    def rate(self) -> str:
        """Scans per minute so far, as text."""
        elapsed = max(time.monotonic() - self._start, 1e-3)
        return f"{60 * self._ends.total() / elapsed:.1f}/min"

    @property
    def line(self) -> str:
        """How far the run is, with counts, rate and time left."""
        finished = self._ends.total()
        elapsed = time.monotonic() - self._start
        left = (self._total - finished) * elapsed / finished if finished else 0.0
        counts = ", ".join(f"{self._ends[status]} {status}" for status in Status)
        return f"{finished}/{self._total}: {counts}; {self.rate}; about {left:.0f} s left"
