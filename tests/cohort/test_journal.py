import dataclasses
import sqlite3
import threading
import time

import pytest

from medmask.cohort.entry import Entry
from medmask.cohort.journal import Journal
from medmask.cohort.journal_file import JOURNAL
from medmask.cohort.owner import Beat, Owner
from medmask.errors import OutputLocked, OutputUnwritable
from medmask.outcome import Outcome, Status
from medmask.pipeline import Finished

ROW = Outcome(
    "a-1", "s-1", "caf\udce9 <b>.nii", "nifti", warnings=("x", "y"), columns=3, spacing_x_mm=0.7
)
DONE = Finished(ROW, "in", (("scans/a-1/labels.nii.gz", "out"),))


def test_what_is_recorded_comes_back_whole(tmp_path):
    with Journal(tmp_path) as journal:
        journal.record(Entry(DONE, "work", "proof", 300.0))
    with Journal(tmp_path) as journal:
        entry = journal.entries()["a-1"]
    assert entry == Entry(DONE, "work", "proof", 300.0)


def test_a_second_record_takes_the_place_of_the_first(tmp_path):
    failed = dataclasses.replace(ROW, status=Status.FAILED, code="truncated")
    with Journal(tmp_path) as journal:
        journal.record(Entry(Finished(failed), "work"))
        journal.record(Entry(DONE, "work", "proof", 300.0))
        assert journal.outcomes() == [ROW]


def test_scans_that_the_input_no_longer_holds_are_known_but_not_shown(tmp_path):
    with Journal(tmp_path) as journal:
        journal.record(Entry(DONE, "work", "proof", 300.0))
        journal.begin([])
        assert journal.outcomes() == []
        assert "a-1" in journal.entries()
        journal.begin(["a-1"])
        assert journal.outcomes() == [ROW]


def test_facts_come_back(tmp_path):
    with Journal(tmp_path) as journal:
        assert journal.fact("run") is None
        journal.set_fact("run", {"recipe": "ct"})
        assert journal.fact("run") == {"recipe": "ct"}


def test_an_output_in_use_is_refused_with_its_owner(tmp_path):
    with Journal(tmp_path) as first, Journal(tmp_path) as second:
        first.claim(Owner.me())
        with pytest.raises(OutputLocked, match=r"in use by process \d+ on .+ since 2"):
            second.claim(Owner.me())
        assert second.owner() is not None
        first.release()
        second.claim(Owner.me())


def test_an_owner_that_is_gone_is_succeeded(tmp_path):
    gone = dataclasses.replace(Owner.me(), born=1.0)
    with Journal(tmp_path) as journal:
        journal.claim(gone)
        assert journal.owner() is None
        journal.claim(Owner.me())


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A journal that a run on another host holds, and how to give a sign of life for it."""
    monkeypatch.setattr("medmask.cohort.journal._WATCHED_FOR_S", 0.3)
    with Journal(tmp_path) as far:
        far.claim(dataclasses.replace(Owner.me(), host="elsewhere", born=1.0))
        yield far


def test_an_owner_on_another_host_that_gives_signs_is_left_alone(tmp_path, elsewhere):
    elsewhere.give_sign(Beat(0, time.time()))
    with Journal(tmp_path) as journal, pytest.raises(OutputLocked, match="on elsewhere since"):
        journal.claim(Owner.me())


def test_an_owner_on_another_host_that_is_silent_is_succeeded_and_may_write_no_more(
    tmp_path, elsewhere
):
    elsewhere.give_sign(Beat(7, time.time() - 3600))
    with Journal(tmp_path) as journal:
        journal.claim(Owner.me())
        with pytest.raises(OutputLocked, match="was taken over by process"):
            elsewhere.record(Entry(DONE, "work"))


def test_an_owner_whose_clock_is_wrong_is_left_alone_if_it_gives_signs(tmp_path, elsewhere):
    elsewhere.give_sign(Beat(7, time.time() - 3600))
    sign = threading.Timer(0.1, lambda: elsewhere.give_sign(Beat(8, time.time() - 3600)))
    sign.start()
    with Journal(tmp_path) as journal, pytest.raises(OutputLocked):
        journal.claim(Owner.me())
    sign.join()


def test_a_file_that_is_no_journal_is_refused(tmp_path):
    (tmp_path / JOURNAL).write_bytes(b"this is not a database, whatever its name says" * 30)
    with pytest.raises(OutputUnwritable, match=r"journal\.sqlite: file is not a database"):
        Journal(tmp_path)


def test_a_journal_of_another_schema_is_refused(tmp_path):
    db = sqlite3.connect(tmp_path / JOURNAL)
    db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(OutputUnwritable, match="schema 99, this medmask reads 2"):
        Journal(tmp_path)
