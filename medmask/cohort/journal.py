"""The run's memory: one SQLite file, written by the coordinator alone."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from medmask.cohort.owner import Owner
from medmask.errors import OutputLocked, OutputUnwritable
from medmask.outcome import Outcome, Status
from medmask.pipeline import Finished

JOURNAL = "journal.sqlite"
SCHEMA = 1
_PATIENCE_S = 30.0  # for another process' transaction; each takes milliseconds
_PAUSE_S = 0.05
_TABLES = """
CREATE TABLE IF NOT EXISTS scans (
    scan_id TEXT PRIMARY KEY,
    present INTEGER NOT NULL,
    row TEXT NOT NULL,
    inputs_sha256 TEXT NOT NULL,
    work_sha256 TEXT NOT NULL,
    outputs TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Entry:
    """What the journal knows of one scan.

    Attributes
    ----------
    finished : Finished
    work_sha256 : str
        Digest of what was done: task, recipe and version.
    """

    finished: Finished
    work_sha256: str


class Journal:
    """Reads and writes ``journal.sqlite``; every change is one transaction.

    Parameters
    ----------
    output : Path
        The run's folder.

    Raises
    ------
    OutputUnwritable
        If the file is not a journal of this version, or cannot be written.
    """

    def __init__(self, output: Path) -> None:
        self.output = output
        self._path = output / JOURNAL
        with self._translated():
            self._db = self._opened()

    def _opened(self) -> sqlite3.Connection:
        """Open the file; several runs that start at once wait for each other to make it."""
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            db = sqlite3.connect(
                self._path, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare(db)
            except BaseException as error:
                db.close()
                # a change to WAL is refused at once while another opens the file, not waited for
                busy = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > deadline:
                    raise
                time.sleep(_PAUSE_S)
            else:
                return db

    @staticmethod
    def _prepare(db: sqlite3.Connection) -> None:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, SCHEMA):
            raise OutputUnwritable(
                f"{JOURNAL} has schema {version}, this medmask reads {SCHEMA}; "
                "choose another output folder or the medmask that wrote it"
            )
        if version == 0:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version={SCHEMA}; COMMIT;")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def claim(self, owner: Owner) -> None:
        """Take the output for one run; a run that has ended without a word is succeeded.

        Raises
        ------
        OutputLocked
            If another run holds it.
        """
        with self._transaction():
            holder = self._owner()
            if holder is not None and not holder.is_gone:
                raise OutputLocked(f"the output is in use by {holder}")
            self._write_fact("owner", dataclasses.asdict(owner))

    def release(self) -> None:
        """Give the output back."""
        with self._transaction():
            self._db.execute("DELETE FROM facts WHERE name = 'owner'")

    def owner(self) -> Owner | None:
        """Return who holds the output, ``None`` if nobody that lives."""
        with self._translated():
            holder = self._owner()
        return None if holder is None or holder.is_gone else holder

    def entries(self) -> dict[str, Entry]:
        """Return what is known, by scan id; also of scans that the input no longer holds."""
        query = "SELECT scan_id, row, inputs_sha256, work_sha256, outputs FROM scans"
        with self._translated():
            return {
                name: Entry(Finished(_outcome(row), inputs, _pairs(outputs)), work)
                for name, row, inputs, work, outputs in self._db.execute(query)
            }

    def outcomes(self) -> list[Outcome]:
        """Return the rows of all scans that the last run found, sorted by source and id."""
        with self._translated():
            rows = [
                _outcome(row)
                for (row,) in self._db.execute("SELECT row FROM scans WHERE present = 1")
            ]
        return sorted(rows, key=lambda row: (row.source, row.scan_id))

    def begin(self, present: Iterable[str]) -> None:
        """Note which scans the input holds now; the others stay known but out of the tables."""
        with self._transaction():
            self._db.execute("UPDATE scans SET present = 0")
            self._db.executemany(
                "UPDATE scans SET present = 1 WHERE scan_id = ?", ((name,) for name in present)
            )

    def record(self, finished: Finished, work_sha256: str) -> None:
        """Write one scan's row in place of what was known of it."""
        row = finished.outcome
        values = (
            row.scan_id,
            json.dumps(dataclasses.asdict(row)),
            finished.inputs_sha256,
            work_sha256,
            json.dumps(finished.outputs),
        )
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO scans VALUES (?, 1, ?, ?, ?, ?)", values)

    def forget(self) -> None:
        """Forget every scan: the next run starts afresh."""
        with self._transaction():
            self._db.execute("DELETE FROM scans")

    def set_fact(self, name: str, value: object) -> None:
        """Keep a fact of the run, as JSON."""
        with self._transaction():
            self._write_fact(name, value)

    def fact(self, name: str) -> Any:  # noqa: ANN401 - plain data of the caller's own shape
        """Return a fact of the last run, ``None`` if it is not known."""
        with self._translated():
            return self._read_fact(name)

    def _write_fact(self, name: str, value: object) -> None:
        self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))

    def _read_fact(self, name: str) -> Any:  # noqa: ANN401
        found = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if found is None else json.loads(found[0])

    def _owner(self) -> Owner | None:
        fields = self._read_fact("owner")
        return None if fields is None else Owner(**fields)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise OutputUnwritable(f"{JOURNAL}: {error}") from error


def _outcome(text: str) -> Outcome:
    fields = json.loads(text)
    fields |= {name: tuple(fields[name]) for name in ("warnings", "flags")}
    return Outcome(**(fields | {"status": Status(fields["status"])}))


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, digest) for name, digest in json.loads(text))
