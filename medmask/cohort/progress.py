"""How far a run is, for a person who watches."""

from __future__ import annotations

import time
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
)

from medmask.cohort.standing import Standing
from medmask.outcome import Outcome, Status

_LINE_EVERY_S = 10.0


class Watcher(Protocol):
    """Told of each step of a run."""

    def planned(self, standing: Standing) -> None:
        """Hear how many scans there are to work on, and how many are done already."""

    def finished(self, row: Outcome, standing: Standing) -> None:
        """Hear of one scan's end, and where the run stands after it."""

    def told(self, sentence: str) -> None:
        """Hear what holds the whole run up; from any thread."""

    def ended(self, standing: Standing) -> None:
        """Hear that no more will come."""


class Silent:
    """Says nothing."""

    def planned(self, standing: Standing) -> None:
        """Say nothing."""

    def finished(self, row: Outcome, standing: Standing) -> None:
        """Say nothing."""

    def told(self, sentence: str) -> None:
        """Say nothing."""

    def ended(self, standing: Standing) -> None:
        """Say nothing."""


class Bar:
    """A bar with counts, rate, time left and memory, and a line for each scan that failed."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[facts]}"),
            console=console,
        )
        self._task: TaskID | None = None

    def planned(self, standing: Standing) -> None:
        """Show the bar."""
        text = f"scans ({standing.kept} done before)" if standing.kept else "scans"
        self._task = self._progress.add_task(text, total=standing.to_do, facts="")
        self._progress.start()

    def finished(self, row: Outcome, standing: Standing) -> None:
        """Move the bar; name the scan if it failed."""
        if row.status is Status.FAILED:
            self._progress.console.print(f"[red]failed[/] {escape(_said(row))}", highlight=False)
        if self._task is not None:
            self._progress.update(
                self._task, completed=standing.finished, facts=_facts_of(standing)
            )

    def told(self, sentence: str) -> None:
        """Say it above the bar."""
        self._progress.console.print(f"[yellow]{escape(sentence)}[/]", highlight=False)

    def ended(self, standing: Standing) -> None:  # noqa: ARG002 - the bar shows it already
        """Leave the bar as it stands."""
        self._progress.stop()


class Lines:
    """Plain lines, for logs: each failure, and where the run stands every ten seconds."""

    def __init__(self, console: Console, *, every_scan: bool = False) -> None:
        self._console = console
        self._every_scan = every_scan
        self._last = time.monotonic()

    def planned(self, standing: Standing) -> None:
        """Say what there is to do."""
        self._print(f"{standing.to_do} scans to do, {standing.kept} done before")

    def finished(self, row: Outcome, standing: Standing) -> None:
        """Say that a scan failed, and now and then how far the run is."""
        if row.status is Status.FAILED:
            self._print(f"failed {_said(row)}")
        elif self._every_scan:
            self._print(f"{row.status} {row.source} ({row.seconds} s)")
        if time.monotonic() - self._last > _LINE_EVERY_S:
            self._last = time.monotonic()
            self._print(str(standing))

    def told(self, sentence: str) -> None:
        """Say it."""
        self._print(sentence)

    def ended(self, standing: Standing) -> None:
        """Say where the run stands at its end."""
        self._print(str(standing))

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


def _facts_of(standing: Standing) -> str:
    """Return what a bar cannot show: failures, rate, time left, memory."""
    left = "" if standing.seconds_left is None else f", {_clock(standing.seconds_left)} left"
    failed = f"{standing.failed} failed, " if standing.failed else ""
    skipped = f"{standing.skipped} skipped, " if standing.skipped else ""
    return f"{failed}{skipped}{standing.rate}{left}, {standing.memory_mb / 1024:.1f} GB"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _said(row: Outcome) -> str:
    """Return a failure's sentence, with the source where the sentence names a file only."""
    return row.message if row.message.startswith(row.source) else f"{row.source}: {row.message}"
