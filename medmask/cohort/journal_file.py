"""``journal.sqlite`` as a file: opened; if it is torn, made anew from the scans' own files."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from medmask.cohort.entry import Entry, outcome_of
from medmask.errors import OutputUnwritable, TornJournal
from medmask.finished import Finished

if sys.platform != "win32":
    import fcntl

JOURNAL: Final = "journal.sqlite"
_ACCOUNTS: Final = ("scan.json", "image.json")  # of masks, and of what was converted
SET_ASIDE: Final = ".torn.sqlite"
SCHEMA: Final = 2
INSERT: Final = "INSERT OR REPLACE INTO scans VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_BEING_MADE: Final = ".medmask-journal.tmp"
_PATIENCE_S: Final = 30.0  # for another process' transaction; each takes milliseconds
_PAUSE_S: Final = 0.05
_TORN: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_TABLES: Final = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS scans (
    scan_id TEXT PRIMARY KEY,
    present INTEGER NOT NULL,
    row TEXT NOT NULL,
    inputs_sha256 TEXT NOT NULL,
    proof TEXT NOT NULL,
    work_sha256 TEXT NOT NULL,
    outputs TEXT NOT NULL,
    forecast_mb REAL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version={SCHEMA};
COMMIT;
"""


def opened(output: Path, name: str = JOURNAL) -> sqlite3.Connection:
    """Open the journal of an output, made if need be.

    Several runs that start at once wait for each other.

    Raises
    ------
    TornJournal
        If the file is not whole, or was written by an older schema.
    OutputUnwritable
        If it was written by a newer medmask, or cannot be opened.
    """
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return _opened_once(output / name)
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary result code
            if code in _TORN:
                raise TornJournal(f"{name}: {error}; the next run makes it anew") from error
            # a change to WAL is refused at once while another opens the file, not waited for
            if code != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise OutputUnwritable(f"{name}: {error}") from error
            time.sleep(_PAUSE_S)


def _opened_once(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False)
    try:
        _prepare(db)
    except BaseException:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection) -> None:
    """Make the tables of a new file, or check that those of an old one are whole."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA:
        raise OutputUnwritable(
            f"{JOURNAL} has schema {version}, this medmask reads {SCHEMA}; "
            "choose another output folder or the medmask that wrote it"
        )
    if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        db.execute("PRAGMA journal_mode=WAL")
        db.executescript(_TABLES)
        return
    if version < SCHEMA:
        raise TornJournal(f"{JOURNAL} has the older schema {version}; the next run renews it")
    if (said := db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
        raise TornJournal(f"{JOURNAL}: {said}; the next run makes it anew")


def opened_whole(output: Path, name: str = JOURNAL) -> sqlite3.Connection:
    """Open the journal of an output; a torn one is set aside and made anew.

    What is known of done scans is read from their ``scan.json``; failures are forgotten, so that
    they are tried again.

    Raises
    ------
    OutputUnwritable
        If it cannot be opened or made.
    """
    try:
        return opened(output, name)
    except TornJournal:
        with _one_at_a_time(output):
            try:
                return opened(output, name)  # another run may have made it anew by now
            except TornJournal:
                _make_anew(output, name)
                return opened(output, name)


@contextlib.contextmanager
def _one_at_a_time(output: Path) -> Iterator[None]:
    """Let one process at a time mend the journal, where folders can be locked."""
    if sys.platform == "win32":
        yield
        return
    handle = os.open(output, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network file systems cannot
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _make_anew(output: Path, name: str) -> None:
    """Write a new journal beside the torn one, then put it in its place."""
    new, torn = output / _BEING_MADE, output / name
    try:
        new.unlink(missing_ok=True)
        db = sqlite3.connect(new, isolation_level=None)
        with contextlib.closing(db):
            db.executescript(_TABLES)
            db.execute("BEGIN")
            db.executemany(INSERT, (entry.values for entry in _entries(output)))
            facts = json.dumps(_run_facts(output))
            db.execute("INSERT INTO facts VALUES ('run', ?)", (facts,))
            db.execute("COMMIT")
            db.execute("PRAGMA journal_mode=WAL")
        torn.replace(torn.with_suffix(SET_ASIDE))
        for ending in ("-wal", "-shm"):
            (output / f"{name}{ending}").unlink(missing_ok=True)
        new.replace(torn)
    except (OSError, sqlite3.Error) as error:
        raise OutputUnwritable(f"{name} is torn and cannot be made anew: {error}") from error


def _entries(output: Path) -> Iterator[Entry]:
    """Yield what the scans' own files tell; what they do not tell whole is done again."""
    accounts = [path for name in _ACCOUNTS for path in (output / "scans").glob(f"*/{name}")]
    for path in sorted(accounts):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            account = path.read_bytes()
            document = json.loads(account)
            digest = hashlib.sha256(account).hexdigest()
            folder = path.parent.relative_to(output).as_posix()
            outputs = {**document["outputs"], path.name: digest}
            finished = Finished(
                outcome_of(document["row"]),
                document["provenance"]["inputs_sha256"],
                tuple((f"{folder}/{name}", digest) for name, digest in outputs.items()),
            )
            yield Entry(finished, document["provenance"]["work_sha256"])


def _run_facts(output: Path) -> dict[str, Any]:
    try:
        facts = json.loads((output / "run.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}
