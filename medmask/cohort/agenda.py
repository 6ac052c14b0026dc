"""Which scan may start now: the largest that fits into the memory that is left, or one alone."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from medmask.cohort.forecast import Forecast
from medmask.errors import OutOfMemory
from medmask.pipeline import Task
from medmask.scan import Scan


@dataclass(frozen=True)
class Job:
    """One scan to be worked on, how, and what it will take.

    Attributes
    ----------
    scan : Scan
    task : Task
        What is done to it.
    forecast : Forecast
    """

    scan: Scan
    task: Task
    forecast: Forecast = field(default_factory=Forecast)


class Crowded(Exception):
    """The scans at work outgrew the memory together; this one went beyond its forecast most."""


class Room:
    """The memory that one scan at work has been given.

    Attributes
    ----------
    job : Job
    has_all : bool
        Whether no other scan may be at work beside it.
    tries : int
        How often it was worked on.
    seconds : float
        How long that took, without the time that it was put off.
    resident_mb, peak_mb : float
        What was seen of it last, and at most, in MB (2**20 bytes).
    """

    def __init__(self, job: Job, agenda: Agenda) -> None:
        self.job = job
        self.has_all = False
        self.tries = 0
        self.seconds = 0.0
        self.resident_mb = 0.0
        self.peak_mb = 0.0
        self._agenda = agenda

    @property
    def claim_mb(self) -> float:
        """What other scans must leave: the forecast, or more if it has taken more."""
        return max(self.job.forecast.memory_mb, self.resident_mb)

    @property
    def excess_mb(self) -> float:
        """By how much it has outgrown its forecast."""
        return self.resident_mb - self.job.forecast.memory_mb

    def watch(self, resident_mb: float) -> None:
        """Note what the scan takes now.

        Raises
        ------
        OutOfMemory
            If that is more than all scans together may take.
        Crowded
            If it fits alone, but not beside the others.
        """
        self._agenda.watch(self, resident_mb)

    def put_off(self) -> None:
        """Give the memory back, to get all of it when every other scan has ended."""
        self._agenda.put_off(self)

    def leave(self) -> None:
        """Give the memory back."""
        self._agenda.leave(self)


class Agenda:
    """Hands out scans, largest first, while the sum of what they will take fits.

    Those that need the memory for themselves come last: waiting for the others to end at any other
    time would leave the machine idle, for hours if one of them hangs.

    Parameters
    ----------
    jobs : iterable of Job
        None of them larger than what is allowed.
    allowed_mb : float
        What all scans at work may take together, in MB (2**20 bytes).
    """

    def __init__(self, jobs: Iterable[Job], allowed_mb: float) -> None:
        self._waiting = sorted(jobs, key=lambda job: job.forecast.memory_mb, reverse=True)
        self._allowed_mb = allowed_mb
        self._inside: set[Room] = set()
        self._put_off: list[Room] = []
        self._stopped = False
        self._changed = threading.Condition()

    @property
    def resident_mb(self) -> float:
        """What the scans at work take together, as seen last, in MB (2**20 bytes)."""
        with self._changed:
            return sum(room.resident_mb for room in self._inside)

    def next(self) -> Room | None:
        """Return room for the next scan as soon as there is any; ``None`` if there is no more."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_over() or self._has_next())
            if self._is_over():
                return None
            job = self._fitting()
            if job is None:
                room = self._put_off.pop(0)
            else:
                self._waiting.remove(job)
                room = Room(job, self)
            self._inside.add(room)
            return room

    def watch(self, room: Room, resident_mb: float) -> None:
        """Note what a scan takes now; see `Room.watch`."""
        with self._changed:
            room.resident_mb = resident_mb
            room.peak_mb = max(room.peak_mb, resident_mb)
            if resident_mb > self._allowed_mb:
                found = f"it took {resident_mb:,.0f} MB and more was to come"
                accepted = f"a scan within {self._allowed_mb:,.0f} MB (--mem-gb)"
                raise OutOfMemory(room.job.scan.source, found, accepted)
            together = sum(one.resident_mb for one in self._inside)
            if together > self._allowed_mb and room is max(
                self._inside, key=lambda one: one.excess_mb
            ):
                raise Crowded

    def put_off(self, room: Room) -> None:
        """Take a scan's memory back until it can have all; see `Room.put_off`."""
        with self._changed:
            self._inside.discard(room)
            room.resident_mb = 0.0
            room.has_all = True
            self._put_off.append(room)
            self._changed.notify_all()

    def leave(self, room: Room) -> None:
        """Take a scan's memory back."""
        with self._changed:
            self._inside.discard(room)
            self._changed.notify_all()

    def stop(self) -> None:
        """Hand out no more, and let nobody wait."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _is_over(self) -> bool:
        return self._stopped or not (self._waiting or self._put_off)

    def _has_next(self) -> bool:
        return self._fitting() is not None or not (self._waiting or self._inside)

    def _fitting(self) -> Job | None:
        if any(room.has_all for room in self._inside):
            return None
        left = self._allowed_mb - sum(room.claim_mb for room in self._inside)
        return next((job for job in self._waiting if job.forecast.memory_mb <= left), None)
