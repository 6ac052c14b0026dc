"""Scans -> answers, as they come: joblib schedules supervisors, each owns a cell."""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any

from joblib import Parallel, delayed

from medmask.cohort.agenda import Agenda, Crowded, Job, Room
from medmask.cohort.allowance import allowed_mb
from medmask.cohort.answer import Answer, failure
from medmask.cohort.cell import Order
from medmask.cohort.cells import Cells, Places
from medmask.cohort.grounds import Grounds
from medmask.cohort.server import single_threaded_children
from medmask.errors import OutOfMemory, ScanError, TooLarge, WorkerDied, WorkerKilled, WriteFailed
from medmask.outcome import Outcome
from medmask.pipeline import Finished

_GRACE_S = 5.0
_NEARLY_ALL = 0.9
_PATIENCE_S = 3.0  # for scans at work when a run is asked to stop


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
        Further tries after a process died or memory ran out: causes that may pass.
    allowed_mb : float
        Memory that all scans at work may take together, in MB (2**20 bytes).
    share_mb : float or None
        The most that one of them may take, where they are not all on one machine.
    """

    jobs: int = 1
    timeout_s: float | None = None
    retries: int = 1
    allowed_mb: float = field(default_factory=lambda: allowed_mb(None))
    share_mb: float | None = None

    @property
    def most_mb(self) -> float:
        """What one scan may take, in MB."""
        return self.allowed_mb if self.share_mb is None else self.share_mb


class _Again(Enum):
    """Whether a scan is worth another try."""

    NO = auto()
    SAME = auto()
    ALONE = auto()
    CROWDED = auto()  # alone, and through no fault of its own


@dataclass(frozen=True)
class _Try:
    answer: Answer
    again: _Again
    broken_off: bool = False  # the child ended without an answer


class Crew:
    """Supervisors who see each scan through to its final answer.

    Parameters
    ----------
    options : CrewOptions
    grounds : Grounds, optional
        What the scans stand on; a scan that fails when it is lost is tried again when it is back.
    places : Places, optional
        Where scans are worked on; by default children of this process.
    """

    def __init__(
        self,
        options: CrewOptions,
        grounds: Grounds | None = None,
        places: Places[Any] | None = None,
    ) -> None:
        self._options = options
        self._grounds = grounds
        self._cells: Places[Any] = Cells() if places is None else places
        self._guard = threading.Condition()
        self._stopped = False
        self._busy = 0
        self._agenda: Agenda | None = None

    @property
    def resident_mb(self) -> float:
        """What the scans at work take now, in MB (2**20 bytes)."""
        return 0.0 if self._agenda is None else self._agenda.resident_mb

    def work(self, jobs: Sequence[Job]) -> Generator[Answer, None, None]:
        """Yield an answer for each scan, in the order in which they finish.

        Closing the generator, or an exception in its consumer, ends all cells.
        """
        most = self._options.most_mb
        fitting = [job for job in jobs if job.forecast.memory_mb <= most]
        yield from (self._refused(job) for job in jobs if job.forecast.memory_mb > most)
        self._agenda = agenda = Agenda(fitting, self._options.allowed_mb)
        if self._stopped:
            agenda.stop()
        parallel = Parallel(
            n_jobs=self._options.jobs,
            backend="threading",
            return_as="generator_unordered",
            pre_dispatch=2 * self._options.jobs,
        )
        with single_threaded_children():
            answers = parallel(delayed(self._supervise)(agenda) for _ in fitting)
            try:
                for answer in answers:  # `yield from` would close joblib before the children
                    if answer is not None:
                        yield answer
            except BaseException:  # also GeneratorExit: children first, so that no supervisor waits
                self._stop()
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", UserWarning)  # joblib: tasks were cancelled
                    answers.close()
                raise
            self._cells.dismiss()

    def _refused(self, job: Job) -> Answer:
        found = f"it would need about {job.forecast.memory_mb:,.0f} MB, as its header tells"
        accepted = f"a scan within {self._options.most_mb:,.0f} MB (--mem-gb)"
        return Answer(Finished(failure(job.scan, TooLarge(job.scan.source, found, accepted))))

    def wind_down(self) -> None:
        """Begin no more scans, and kill those at work if they do not end soon; asked twice: now.

        It may be called by a signal's handler while the answers are being waited for.
        """
        patience_s = 0.0 if self._stopped else _PATIENCE_S
        self._stopped = True
        if self._agenda is not None:
            self._agenda.stop()
        killer = threading.Timer(patience_s, self._cells.stop)
        killer.daemon = True
        killer.start()

    def _stop(self) -> None:
        """Kill every cell; supervisors that wait for one are told that it died."""
        self._stopped = True
        if self._agenda is not None:
            self._agenda.stop()
        self._cells.stop()
        with self._guard:  # a supervisor that is starting a child must not be cut off in between
            self._guard.wait_for(lambda: self._busy == 0, timeout=_GRACE_S)

    def _supervise(self, agenda: Agenda) -> Answer | None:
        """See one scan through; ``None`` if the crew is stopped before there is an answer.

        For a scan that is put off there is another one: as many answers are asked for as scans.
        """
        with self._guard:
            self._busy += 1
        try:
            while (room := agenda.next()) is not None:
                answer = self._seen_through(room)
                if answer is not None:
                    return answer
            return None
        finally:
            with self._guard:
                self._busy -= 1
                self._guard.notify_all()

    def _seen_through(self, room: Room) -> Answer | None:
        """Work on one scan, again if it is worth it, and never raise on its account.

        There is no answer if it is put off, or the crew was stopped.
        """
        try:
            while True:
                start = time.monotonic()
                tried = self._tried(room)
                while self._fails_for_want_of_ground(tried):
                    tried = self._tried(room)
                room.tries += 1
                room.seconds += time.monotonic() - start
                may = tried.again is _Again.CROWDED or room.tries <= self._options.retries
                if self._stopped and tried.broken_off:
                    return None  # killed by us: it says nothing of the scan
                if self._stopped or tried.again is _Again.NO or not may:
                    return _told(tried.answer, room)
                if tried.again is not _Again.SAME:
                    room.put_off()
                    return None
        finally:
            room.leave()

    def _tried(self, room: Room) -> _Try:
        """Work on one scan once."""
        scan = room.job.scan
        order = Order(scan, room.job.task, self._options.timeout_s, self._options.most_mb)
        try:
            cell = self._cells.take()
        except OSError as raised:
            found = f"no process could be started: {raised.strerror or raised}"
            died = WorkerDied(scan.source, found, "a machine with room for a process")
            return _Try(Answer(Finished(failure(scan, died))), _Again.SAME, broken_off=True)
        try:
            answer = cell.run(order, room.watch)
        except Crowded:
            again = _Again.CROWDED
            error: ScanError = OutOfMemory(scan.source, "the scans at work outgrew it", "room")
        except ScanError as raised:
            again, error = _worth(raised, room), raised
        else:
            self._cells.keep(cell)
            return _Try(answer, self._worth_room(answer.finished.outcome, room))
        self._cells.drop(cell)
        return _Try(Answer(Finished(failure(scan, error))), again, broken_off=True)

    def _fails_for_want_of_ground(self, tried: _Try) -> bool:
        """Tell whether a scan met a lost place or a full disk, and wait until all is well.

        A scan that is done is asked, too: where a mount was lost it has written beside the output.
        If what was lost does not come back, no more scans begin and the scan has failed.
        """
        if self._grounds is None or self._stopped:
            return False
        row = tried.answer.finished.outcome
        look = self._grounds.fault if row.code == WriteFailed.code else self._grounds.lost_place
        if not look():
            return False
        if self._grounds.come_back(lambda: self._stopped):
            return True
        self.wind_down()
        return False

    def _worth_room(self, row: Outcome, room: Room) -> _Again:
        """Tell whether a scan that was refused memory would do better alone.

        One that took all that is allowed would not; one that got less met others in its way.
        """
        had_all = (row.peak_rss_mb or 0.0) > _NEARLY_ALL * self._options.most_mb
        again = row.code == OutOfMemory.code and not had_all and not room.has_all
        return _Again.ALONE if again else _Again.NO


def _worth(error: ScanError, room: Room) -> _Again:
    """Tell whether what ended a child may pass; a kill from outside is often for want of memory."""
    if isinstance(error, WorkerKilled) and not room.has_all:
        return _Again.ALONE
    return _Again.SAME if isinstance(error, WorkerDied) else _Again.NO


def _told(answer: Answer, room: Room) -> Answer:
    """Return an answer with its attempts, and with what was seen from outside if it lacks that."""
    row = answer.finished.outcome
    row = replace(
        row,
        attempts=room.tries,
        seconds=round(room.seconds, 3) if row.seconds is None else row.seconds,
        peak_rss_mb=(round(room.peak_mb, 1) or None)
        if row.peak_rss_mb is None
        else row.peak_rss_mb,
    )
    return replace(answer, finished=replace(answer.finished, outcome=row))
