"""Journals of parts -> the journal of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from medmask.cohort.journal import Journal
from medmask.cohort.owner import Owner
from medmask.cohort.shard import shard_journals
from medmask.errors import MissingInput


def merge_shards(output: Path) -> tuple[str, ...]:
    """Put what the parts of a cohort have done into the output's one journal.

    Parameters
    ----------
    output : Path
        Parts may still be at work: what they have done so far is taken.

    Returns
    -------
    tuple of str
        The parts that no run has worked on yet, as ``I/N``.

    Raises
    ------
    MissingInput
        If the output has parts of different counts: of two splits one must be stale.
    OutputLocked
        If a run holds the whole.
    """
    names = shard_journals(output)
    if not names:
        return ()
    counts = {name.removesuffix(".sqlite").rpartition("-")[2] for name in names}
    if len(counts) > 1:
        raise MissingInput(
            f"{output}: parts of {' and of '.join(sorted(counts, key=int))}; remove the "
            f"journals of the split that is out of date"
        )
    (count,) = counts
    with Journal(output, mend=True) as whole:
        whole.claim(Owner.me())
        try:
            whole.begin(())
            facts = [_take(output, name, whole) for name in names]
            whole.set_fact("rows", sum(fact["rows"] or 0 for fact in facts))
            whole.set_fact("run", _merged([fact["run"] or {} for fact in facts]))
        finally:
            whole.release()
    known = {name.split("-")[1] for name in names}
    return tuple(f"{k}/{count}" for k in range(1, int(count) + 1) if str(k) not in known)


def _take(output: Path, name: str, whole: Journal) -> dict[str, Any]:
    """Copy one part's entries and return its facts."""
    with Journal(output, name, mend=True) as part:
        entries = part.entries()
        present = {row.scan_id for row in part.outcomes()}
        whole.record(*(entry for scan_id, entry in entries.items() if scan_id in present))
        return {fact: part.fact(fact) for fact in ("rows", "run")}


def _merged(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the facts of the whole: the parts', from the first start, all their seconds."""
    if not any(runs):
        return {}
    merged = dict(next(run for run in runs if run))
    merged["started"] = min(run["started"] for run in runs if "started" in run)
    merged["seconds"] = round(sum(run.get("seconds", 0.0) for run in runs), 3)
    command = list(merged.get("command", ()))
    if "--shard" in command:
        at = command.index("--shard")
        merged["command"] = [*command[:at], *command[at + 2 :]]
    return merged
