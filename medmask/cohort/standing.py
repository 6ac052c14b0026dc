"""How far a run is: counts, pace, time left, memory."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from medmask.cohort.agenda import Job
from medmask.outcome import Outcome, Status


@dataclass(frozen=True)
class Standing:
    """How far a run is, at one moment.

    Attributes
    ----------
    to_do : int
        Scans that the run set out to work on.
    kept : int
        Scans that were done before.
    done, failed, skipped : int
        How those that were worked on ended.
    seconds : float
        Since the work began.
    seconds_left : float or None
        By the forecast of what is left and the pace so far; ``None`` before the first scan's end.
    memory_mb, allowed_mb : float
        What the scans at work take now, and may take, in MB (2**20 bytes).
    """

    to_do: int
    kept: int
    done: int
    failed: int
    skipped: int
    seconds: float
    seconds_left: float | None
    memory_mb: float
    allowed_mb: float

    @property
    def finished(self) -> int:
        """Scans that have been worked on."""
        return self.done + self.failed + self.skipped

    @property
    def rate(self) -> str:
        """Scans per minute so far, as text."""
        return f"{60 * self.finished / max(self.seconds, 1e-3):.1f}/min"

    def __str__(self) -> str:
        """Return counts, rate, time left and memory in one line."""
        left = "" if self.seconds_left is None else f"; about {self.seconds_left:.0f} s left"
        return (
            f"{self.finished}/{self.to_do}: {self.done} done, {self.failed} failed, "
            f"{self.skipped} skipped; {self.rate}{left}; "
            f"{self.memory_mb:,.0f} of {self.allowed_mb:,.0f} MB"
        )


class Pace:
    """Counts scans as they end, and tells how far the run is.

    Parameters
    ----------
    jobs : iterable of Job
        What is to be done.
    kept : int
        Scans that were done before.
    allowed_mb : float
    memory_mb : callable
        Returns what the scans at work take now, in MB.
    """

    def __init__(
        self, jobs: Iterable[Job], kept: int, allowed_mb: float, memory_mb: Callable[[], float]
    ) -> None:
        self._forecasts = {job.scan.scan_id: job.forecast.seconds for job in jobs}
        self._to_do = len(self._forecasts)
        self._left_s = sum(self._forecasts.values())
        self._behind_s = 0.0
        self._kept = kept
        self._allowed_mb = allowed_mb
        self._memory_mb = memory_mb
        self._ends: Counter[Status] = Counter()
        self._start = time.monotonic()

    def count(self, row: Outcome) -> None:
        """Count one scan."""
        self._ends[row.status] += 1
        forecast_s = self._forecasts.pop(row.scan_id, 0.0)
        self._left_s -= forecast_s
        self._behind_s += forecast_s

    @property
    def standing(self) -> Standing:
        """How far the run is now."""
        seconds = time.monotonic() - self._start
        pace = seconds / self._behind_s if self._behind_s > 0 else None
        return Standing(
            to_do=self._to_do,
            kept=self._kept,
            done=self._ends[Status.DONE],
            failed=self._ends[Status.FAILED],
            skipped=self._ends[Status.SKIPPED],
            seconds=round(seconds, 1),
            seconds_left=None if pace is None else round(max(self._left_s, 0.0) * pace, 1),
            memory_mb=round(self._memory_mb(), 1),
            allowed_mb=round(self._allowed_mb, 1),
        )
