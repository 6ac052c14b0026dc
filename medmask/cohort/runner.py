"""A whole run: inventory, plan, work, journal, tables."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from medmask.cohort.cluster import RemoteCells
from medmask.cohort.crew import Crew
from medmask.cohort.duties import Duties
from medmask.cohort.entry import Entry
from medmask.cohort.facts import facts_of
from medmask.cohort.grounds import Grounds
from medmask.cohort.heart import beating
from medmask.cohort.inventory import Inventory, take_inventory
from medmask.cohort.journal import Journal
from medmask.cohort.journal_file import JOURNAL
from medmask.cohort.listed import take_listed
from medmask.cohort.log import RunLog
from medmask.cohort.others import demand_no_other
from medmask.cohort.owner import Owner
from medmask.cohort.plan import Plan, make_plan
from medmask.cohort.progress import Watcher
from medmask.cohort.request import Request
from medmask.cohort.scribe import Scribe
from medmask.cohort.server import warm_up
from medmask.cohort.signals import Signals
from medmask.cohort.standing import Pace
from medmask.cohort.tables import write_tables
from medmask.errors import MedmaskError, OutputUnwritable, RunBroken, TornJournal, WriteFailed
from medmask.outcome import Outcome, Status
from medmask.pipeline import Finished, Privacy, Task
from medmask.version import __version__
from medmask.writers import remove_leftovers


@dataclass(frozen=True)
class Ended:
    """How a run ended.

    Attributes
    ----------
    outcomes : tuple of Outcome
        A row for every scan found, sorted by source and id.
    worked_on : int
        How many of them this run worked on.
    seconds : float
    """

    outcomes: tuple[Outcome, ...]
    worked_on: int
    seconds: float

    def count(self, status: Status) -> int:
        """Return the number of rows with a status."""
        return sum(row.status is status for row in self.outcomes)


@dataclass(frozen=True)
class Stage:
    """What a run works with, once it holds the output."""

    duties: Duties
    inventory: Inventory
    journal: Journal
    log: RunLog
    signals: Signals
    grounds: Grounds


def run(request: Request, task: Task, watcher: Watcher) -> Ended:
    """Work on every scan of a request that is not done yet, and account for all of them.

    Parameters
    ----------
    request : Request
    task : Task
        What is done to each scan.
    watcher : Watcher
        Told of each step.

    Raises
    ------
    RequestError
        If an input is missing or the output cannot be written; nothing has been started then.
    OutputLocked
        If another run holds the output.
    RunBroken
        If an input or the output was lost on the way and did not come back.
    Interrupted
        If a signal came; what was finished is kept, and the same request goes on from there.
    """
    start = time.monotonic()
    started = datetime.now(UTC).isoformat(timespec="seconds")
    signals = Signals()
    with signals.heard():
        if request.cluster is None and not (request.output / request.journal).exists():
            warm_up()  # all scans are to be done
        duties = Duties.of(request, task)
        inventory = _inventory(request)
        _make(request.output)
        with (
            Journal(request.output, request.journal, mend=True) as journal,
            _held(journal, signals, request.privacy),
            RunLog(request.output, request.log) as log,
        ):
            grounds = Grounds(request.grounds, request.output, request.patience_s, watcher.told)
            stage = Stage(duties, inventory, journal, log, signals, grounds)
            facts = {"task": task.verb, "started": started} | facts_of(request, inventory)
            try:
                worked_on = _work(request, stage, watcher)
            except RunBroken:
                if not grounds.lost_place():
                    with contextlib.suppress(MedmaskError):  # the tables, if there is room for them
                        _account(stage, facts, start)
                raise
            except BaseException:
                _account(stage, facts, start)
                raise
            seconds = _account(stage, facts, start)
            return Ended(tuple(journal.outcomes()), worked_on, seconds)


def _account(stage: Stage, facts: dict[str, object], start: float) -> float:
    """Write the run's facts and the tables; return how long the run took."""
    seconds = round(time.monotonic() - start, 3)
    try:
        with stage.signals.put_off():
            stage.journal.set_fact("run", facts | {"seconds": seconds})
            if stage.journal.name == JOURNAL:  # those of parts are written when all are there
                write_tables(stage.journal.output, stage.journal)
    except (OutputUnwritable, WriteFailed) as error:
        raise RunBroken(
            f"{error}; `medmask report` writes the tables once there is room"
        ) from error
    return seconds


@contextlib.contextmanager
def _held(journal: Journal, signals: Signals, privacy: Privacy) -> Iterator[None]:
    """Hold the output for this run, and give it back however the run ends."""
    with signals.put_off():
        journal.claim(Owner.me())
    try:
        demand_no_other(journal)
        _demand_same_names(journal, privacy)
        if journal.name == JOURNAL:  # other parts may be writing
            remove_leftovers(journal.output)
        yield
    finally:
        with signals.put_off(), contextlib.suppress(OutputUnwritable):  # it ends with the process
            journal.release()


def _demand_same_names(journal: Journal, privacy: Privacy) -> None:
    """Refuse to put veiled scans beside plain ones: the names would lie there still."""
    known = journal.fact("names")
    if known is not None and known != privacy.naming:
        raise OutputUnwritable(
            f"output {journal.output}: an earlier run named its scans otherwise "
            f"({known}, now {privacy.naming}); choose another output folder"
        )
    journal.set_fact("names", privacy.naming)


def plan_run(request: Request, task: Task) -> tuple[Inventory, Plan]:
    """Return what a run would find and do; nothing is written.

    Parameters
    ----------
    request : Request
    task : Task
    """
    duties = Duties.of(request, task)
    inventory = _inventory(request)
    known: dict[str, Entry] = {}
    if (request.output / request.journal).is_file():
        with (
            contextlib.suppress(TornJournal),
            Journal(request.output, request.journal) as journal,
        ):
            known = journal.entries()
    return inventory, make_plan(inventory, known, duties, request)


def _inventory(request: Request) -> Inventory:
    """Return what there is, or this run's part of it."""
    own, given = request.output, request.annotations
    whole = take_inventory(request.inputs, own, request.reading, given)
    if request.manifest is not None:
        whole = take_listed(request.manifest, whole, own)
    veil = request.privacy.veil
    if veil is not None:
        scans = tuple(veil.over_scan(scan) for scan in whole.scans)
        refused = tuple(veil.over_row(row) for row in whole.refused)
        whole = replace(whole, scans=scans, refused=refused)
    return whole if request.shard is None else request.shard.part_of(whole)


def _make(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=output).close()  # one that no other run can meet
    except OSError as error:
        raise OutputUnwritable(f"output {output}: {error.strerror or error}") from error


def _work(request: Request, stage: Stage, watcher: Watcher) -> int:
    """Do what is left to do; return how many scans that were."""
    inventory, journal, log = stage.inventory, stage.journal, stage.log
    plan = make_plan(inventory, journal.entries(), stage.duties, request)
    _begin(inventory, plan, journal)
    journal.set_fact("rows", len(plan.to_do) + len(plan.kept) + len(inventory.refused))
    log.write("started", scans=len(inventory.scans), to_do=len(plan.to_do), version=__version__)
    grounds = stage.grounds
    crew = Crew(request.crew, grounds, _places(request))
    pace = Pace(plan.to_do, len(plan.kept), request.crew.allowed_mb, lambda: crew.resident_mb)
    scribe = Scribe(journal, log, grounds)
    jobs = {job.scan.scan_id: job for job in plan.to_do}
    watcher.planned(pace.standing)
    try:
        with (
            beating(journal, lambda: str(pace.standing)),
            stage.signals.answered(crew.wind_down),
            contextlib.closing(crew.work(plan.to_do)) as answers,
        ):
            for answer in answers:
                scribe.write(answer, jobs[answer.finished.outcome.scan_id])
                pace.count(answer.finished.outcome)
                watcher.finished(answer.finished.outcome, pace.standing)
    finally:
        watcher.ended(pace.standing)
    if grounds.lost:
        log.write("broken", reason=grounds.lost, **asdict(pace.standing))
        raise RunBroken(f"{grounds.lost}; the run ended early, the same command goes on from here")
    how = {} if stage.signals.number is None else {"signal": stage.signals.number}
    log.write("interrupted" if how else "ended", **how, **asdict(pace.standing))
    return pace.standing.finished


def _places(request: Request) -> RemoteCells | None:
    """Return where scans are worked on, if that is not this machine."""
    if request.cluster is None:
        return None
    return RemoteCells(request.cluster, request.output / request.journal)


def _begin(inventory: Inventory, plan: Plan, journal: Journal) -> None:
    """Note in the journal what there is now; a scan that is to be done has no row until then."""
    journal.begin(row.scan_id for row in plan.kept)
    journal.record(*(Entry(Finished(row), "") for row in inventory.refused))
