"""The run's memory: one SQLite file, written by the coordinator alone."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self

from medmask.cohort.entry import Entry, outcome_of
from medmask.cohort.journal_file import INSERT, JOURNAL, opened, opened_whole
from medmask.cohort.owner import Beat, Owner
from medmask.errors import OutputLocked, OutputUnwritable
from medmask.outcome import Outcome

BEAT_EVERY_S = 10.0
_SILENT_AFTER_S = 60.0
_WATCHED_FOR_S = 25.0


class Journal:
    """Reads and writes ``journal.sqlite``; every change is one transaction. From any thread.

    Parameters
    ----------
    output : Path
        The run's folder.
    name : str
        The file's name in it.
    mend : bool
        Whether a torn file is set aside and made anew from the scans' own files.

    Raises
    ------
    OutputUnwritable
        If the file is torn and not to be mended, is of a newer version, or cannot be written.
    """

    def __init__(self, output: Path, name: str = JOURNAL, *, mend: bool = False) -> None:
        self.output = output
        self.name = name
        self._db = opened_whole(output, name) if mend else opened(output, name)
        self._guard = threading.RLock()
        self._me: Owner | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def claim(self, owner: Owner) -> None:
        """Take the output for one run; a run that has ended without a word is succeeded.

        An owner on another host that has given no sign of life for a minute is watched for a
        while, and succeeded if there is none then either.

        Raises
        ------
        OutputLocked
            If another run holds it.
        """
        silent: tuple[Owner, Beat | None] | None = None
        while True:
            with self._transaction():
                holder, beat = self._owner(), self._beat()
                if holder is None or holder.is_gone or (holder, beat) == silent:
                    self._write_fact("owner", dataclasses.asdict(owner))
                    self._db.execute("DELETE FROM facts WHERE name = 'beat'")
                    self._me = owner
                    return
            seems_gone = not holder.is_here and (beat is None or beat.age_s > _SILENT_AFTER_S)
            if silent is not None or not seems_gone:
                raise OutputLocked(f"the output is in use by {holder}")
            silent = (holder, beat)
            time.sleep(_WATCHED_FOR_S)

    def release(self) -> None:
        """Give the output back."""
        with self._transaction():
            self._db.execute("DELETE FROM facts WHERE name IN ('owner', 'beat')")
            self._me = None

    def owner(self) -> Owner | None:
        """Return who holds the output, ``None`` if nobody that lives."""
        with self._reading():
            holder = self._owner()
        return None if holder is None or holder.is_gone else holder

    def give_sign(self, beat: Beat) -> None:
        """Write a sign of life."""
        with self._transaction():
            self._write_fact("beat", dataclasses.asdict(beat))

    def last_sign(self) -> Beat | None:
        """Return the last sign of life of the run that holds the output."""
        with self._reading():
            return self._beat()

    def entries(self) -> dict[str, Entry]:
        """Return what is known, by scan id; also of scans that the input no longer holds."""
        with self._reading():
            found = self._db.execute("SELECT * FROM scans")
            return {values[0]: Entry.of(values) for values in found}

    def outcomes(self) -> list[Outcome]:
        """Return the rows of all scans that the last run found, sorted by source and id."""
        with self._reading():
            found = self._db.execute("SELECT row FROM scans WHERE present = 1")
            rows = [outcome_of(json.loads(row)) for (row,) in found]
        return sorted(rows, key=lambda row: (row.source, row.scan_id))

    def begin(self, present: Iterable[str]) -> None:
        """Note which scans the input holds now; the others stay known but out of the tables."""
        with self._transaction():
            self._db.execute("UPDATE scans SET present = 0")
            self._db.executemany(
                "UPDATE scans SET present = 1 WHERE scan_id = ?", ((name,) for name in present)
            )

    def record(self, *entries: Entry) -> None:
        """Write scans' entries in place of what was known of them, all or none."""
        with self._transaction():
            self._db.executemany(INSERT, (entry.values for entry in entries))

    def set_fact(self, name: str, value: object) -> None:
        """Keep a fact of the run, as JSON."""
        with self._transaction():
            self._write_fact(name, value)

    def fact(self, name: str) -> Any:  # noqa: ANN401 - plain data of the caller's own shape
        """Return a fact of the last run, ``None`` if it is not known."""
        with self._reading():
            return self._read_fact(name)

    def _write_fact(self, name: str, value: object) -> None:
        self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))

    def _read_fact(self, name: str) -> Any:  # noqa: ANN401
        found = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if found is None else json.loads(found[0])

    def _owner(self) -> Owner | None:
        fields = self._read_fact("owner")
        return None if fields is None else Owner(**fields)

    def _beat(self) -> Beat | None:
        fields = self._read_fact("beat")
        return None if fields is None else Beat(**fields)

    def _demand_output(self) -> None:
        holder = self._owner()
        if self._me is not None and holder != self._me:
            raise OutputLocked(f"the output was taken over by {holder or 'a run that has ended'}")

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """Write all or nothing; refused to a run that was taken for gone and succeeded."""
        with self._reading():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._demand_output()
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        with self._guard:
            try:
                yield
            except sqlite3.Error as error:
                raise OutputUnwritable(f"{self.name}: {error}") from error
