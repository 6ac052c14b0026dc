"""How far the runs on an output are, seen from outside; nothing is changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from medmask.cohort.journal import Journal
from medmask.cohort.journal_file import JOURNAL
from medmask.cohort.owner import Beat, Owner
from medmask.cohort.shard import shard_journals
from medmask.errors import MissingInput


@dataclass(frozen=True)
class Look:
    """What one journal tells.

    Attributes
    ----------
    journal : str
        The journal's file name.
    owner : Owner or None
        Who is at work, if anybody.
    sign : Beat or None
        The owner's last sign of life.
    rows, expected : int
        Rows there are, and will be.
    statuses, codes : Counter of str
        Rows by status and by code.
    """

    journal: str
    owner: Owner | None
    sign: Beat | None
    rows: int
    expected: int
    statuses: Counter[str]
    codes: Counter[str]

    @property
    def left(self) -> int:
        """Rows that are still to come."""
        return max(0, self.expected - self.rows)


def look_at(output: Path) -> list[Look]:
    """Return what the journals of an output tell: the whole's, or else those of its parts.

    Parameters
    ----------
    output : Path

    Raises
    ------
    MissingInput
        If no run has written there.
    OutputUnwritable
        If a journal cannot be read.
    """
    names = [JOURNAL] if (output / JOURNAL).is_file() else []
    if not names and output.is_dir():
        names = shard_journals(output)
    if not names:
        raise MissingInput(f"{output}: no {JOURNAL}; a folder that a run has written is needed")
    return [_look(output, name) for name in names]


def _look(output: Path, name: str) -> Look:
    with Journal(output, name) as journal:
        owner, rows = journal.owner(), journal.outcomes()
        sign = journal.last_sign() if owner is not None else None
        expected = journal.fact("rows") or len(rows)
    statuses = Counter(str(row.status) for row in rows)
    codes = Counter(row.code for row in rows if row.code)
    return Look(name, owner, sign, len(rows), expected, statuses, codes)
