"""Inventory and journal -> what is left to do."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass

from joblib import Parallel, delayed

from medmask.cohort.agenda import Job
from medmask.cohort.duties import Duties
from medmask.cohort.entry import Entry
from medmask.cohort.forecast import forecast
from medmask.cohort.inventory import Inventory
from medmask.cohort.request import Request
from medmask.outcome import Outcome, Status
from medmask.pipeline.digest import file_sha256, quick_proof, scan_sha256
from medmask.scan import Scan


@dataclass(frozen=True)
class Plan:
    """What a run will do.

    Attributes
    ----------
    to_do : tuple of Job
        With what each will take, by its headers.
    kept : tuple of Outcome
        Results of earlier runs that still hold.
    left_out : int
        Scans that the request does not ask for and that have no result yet.
    """

    to_do: tuple[Job, ...]
    kept: tuple[Outcome, ...]
    left_out: int


def make_plan(
    inventory: Inventory,
    known: Mapping[str, Entry],
    duties: Duties,
    request: Request,
) -> Plan:
    """Sort scans into those to work on and those that are done.

    A scan is done if it was worked on by the same work (task, recipe, version), its input still
    has the same bytes, and all its outputs still have theirs. A failure or skip is kept by the
    first two alone, unless the request retries failures. What the request does not ask for is kept,
    unless a run that was broken off had set out to do it anew and its outputs are gone.

    Parameters
    ----------
    inventory : Inventory
    known : mapping of str to Entry
        The journal's entries by scan id.
    duties : Duties
        What is done to each scan.
    request : Request
    """
    chosen = [scan for scan in inventory.scans if _is_asked_for(scan, request)]
    others = [scan for scan in inventory.scans if not _is_asked_for(scan, request)]
    holds = Parallel(n_jobs=request.crew.jobs, backend="threading")(
        delayed(_still_holds)(scan, known.get(scan.scan_id), duties.to(scan).task.sha256, request)
        for scan in chosen
    )
    kept = [scan for scan, held in zip(chosen, holds, strict=True) if held]
    left = {scan.scan_id for scan in others if _is_left(known.get(scan.scan_id), request)}
    kept += [scan for scan in others if scan.scan_id in left]
    to_do = [scan for scan, held in zip(chosen, holds, strict=True) if not held]
    forecasts = Parallel(n_jobs=request.crew.jobs, backend="threading")(
        delayed(forecast)(scan, duties.to(scan).reading) for scan in to_do
    )
    return Plan(
        tuple(
            Job(scan, duties.to(scan).task, seen)
            for scan, seen in zip(to_do, forecasts, strict=True)
        ),
        tuple(known[scan.scan_id].finished.outcome for scan in kept),
        len(others) - len(left),
    )


def _is_asked_for(scan: Scan, request: Request) -> bool:
    named = not request.only or fnmatch.fnmatchcase(scan.source, request.only)
    return named and (request.anew is None or scan.scan_id in request.anew)


def _still_holds(scan: Scan, entry: Entry | None, work_sha256: str, request: Request) -> bool:
    afresh = request.fresh or request.anew is not None
    if entry is None or afresh or entry.work_sha256 != work_sha256:
        return False
    if request.retry_failed and entry.finished.outcome.status is Status.FAILED:
        return False
    try:
        if not _same_input(scan, entry, request):
            return False
        return _has_outputs(entry, request)
    except OSError:
        return False  # what cannot be read any more is worked on again, and says so itself


def _is_left(entry: Entry | None, request: Request) -> bool:
    """Tell whether there is still a result of a scan that is not asked for."""
    if entry is None:
        return False
    try:
        return entry.present or _has_outputs(entry, request)
    except OSError:
        return False


def _has_outputs(entry: Entry, request: Request) -> bool:
    outputs = entry.finished.outputs
    return all(file_sha256(request.output / name) == digest for name, digest in outputs)


def _same_input(scan: Scan, entry: Entry, request: Request) -> bool:
    """Tell whether the input has the bytes that were worked on, or seems to if that is enough."""
    if request.trust_mtime and entry.proof:
        return quick_proof(scan.all_files) == entry.proof
    return scan_sha256(scan) == entry.finished.inputs_sha256
