"""Runs on the same output that hold another journal: the whole, or a part of another split."""

from __future__ import annotations

import contextlib

from medmask.cohort.journal import Journal
from medmask.cohort.journal_file import JOURNAL
from medmask.cohort.shard import shard_journals
from medmask.errors import OutputLocked, OutputUnwritable


def demand_no_other(mine: Journal) -> None:
    """Refuse to work beside a run that would write the same scans.

    Parts of one split share none; the whole shares them with every part, and so do parts of
    different splits.

    Raises
    ------
    OutputLocked
        If there is such a run.
    """
    for name in (JOURNAL, *shard_journals(mine.output)):
        if name == mine.name or not (mine.output / name).is_file() or _same_split(name, mine.name):
            continue
        with contextlib.suppress(OutputUnwritable), Journal(mine.output, name) as other:
            holder = other.owner()
            if holder is not None:
                raise OutputLocked(f"the output is in use by {holder} ({name})")


def _same_split(one: str, two: str) -> bool:
    return one != JOURNAL != two and one.rpartition("-")[2] == two.rpartition("-")[2]
