"""A run's folder -> its report, from the journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from medmask.cohort import Journal
from medmask.report.facts import RunFacts
from medmask.report.finding import Finding
from medmask.report.ratings import Said
from medmask.report.write import write_report, write_single
from medmask.version import __version__


def draw_report(output: Path) -> Path:
    """Draw the report of the run that a folder holds.

    Parameters
    ----------
    output : Path
        Of a run that has ended or was broken off: a broken run is the same as a short one.

    Returns
    -------
    Path
        The page to open.

    Raises
    ------
    OutputUnwritable
        If the journal cannot be read.
    WriteFailed
        If a file cannot be written whole.
    """
    findings, facts = _journal(output)
    return write_report(output, findings, facts, Said.of(output))


def draw_single(output: Path) -> Path:
    """Draw the report's first page as one file; see `draw_report`."""
    findings, facts = _journal(output)
    return write_single(output, findings, facts, Said.of(output))


def _journal(output: Path) -> tuple[list[Finding], RunFacts]:
    """Return what the journal, and each scan's folder, tell."""
    with Journal(output) as journal:
        known = journal.entries()
        found = [known[row.scan_id].finished for row in journal.outcomes()]
        facts = journal.fact("run") or {}
    started = facts.get("started")
    return [Finding.read(output, finished) for finished in found], RunFacts(
        recipe=facts.get("recipe", "unknown"),
        version=__version__,
        started=datetime.fromisoformat(started) if started else datetime.now(UTC),
        seconds=facts.get("seconds"),
        inputs=tuple(facts.get("inputs", ())),
        command=_command(facts),
    )


def _command(facts: Mapping[str, Any]) -> str:
    """Return how a run is run again, whose inputs end with its manifest if it had one."""
    words = "--manifest CSV" if "manifest" in facts else "INPUT"
    if words != "INPUT" and len(facts["inputs"]) > 1:
        words = f"INPUT {words}"
    return f"medmask run {words} OUTPUT"
