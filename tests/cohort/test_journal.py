import dataclasses
import sqlite3

import pytest

from medmask.cohort.journal import JOURNAL, Journal
from medmask.cohort.owner import Owner
from medmask.errors import OutputLocked, OutputUnwritable
from medmask.outcome import Outcome, Status
from medmask.pipeline import Finished

ROW = Outcome(
    "a-1", "s-1", "caf\udce9 <b>.nii", "nifti", warnings=("x", "y"), columns=3, spacing_x_mm=0.7
)
DONE = Finished(ROW, "in", (("scans/a-1/labels.nii.gz", "out"),))


def test_what_is_recorded_comes_back_whole(tmp_path):
    with Journal(tmp_path) as journal:
        journal.record(DONE, "work")
    with Journal(tmp_path) as journal:
        entry = journal.entries()["a-1"]
    assert entry.finished == DONE
    assert entry.work_sha256 == "work"


def test_a_second_record_takes_the_place_of_the_first(tmp_path):
    failed = dataclasses.replace(ROW, status=Status.FAILED, code="truncated")
    with Journal(tmp_path) as journal:
        journal.record(Finished(failed), "work")
        journal.record(DONE, "work")
        assert journal.outcomes() == [ROW]


def test_scans_that_the_input_no_longer_holds_are_known_but_not_shown(tmp_path):
    with Journal(tmp_path) as journal:
        journal.record(DONE, "work")
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


def test_an_owner_on_another_host_is_taken_to_live(tmp_path):
    far = dataclasses.replace(Owner.me(), host="elsewhere", born=1.0)
    with Journal(tmp_path) as journal:
        journal.claim(far)
        with pytest.raises(OutputLocked, match="on elsewhere since"):
            journal.claim(Owner.me())


def test_a_file_that_is_no_journal_is_refused(tmp_path):
    (tmp_path / JOURNAL).write_bytes(b"this is not a database, whatever its name says" * 30)
    with pytest.raises(OutputUnwritable, match=r"journal\.sqlite: file is not a database"):
        Journal(tmp_path)


def test_a_journal_of_another_schema_is_refused(tmp_path):
    db = sqlite3.connect(tmp_path / JOURNAL)
    db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(OutputUnwritable, match="schema 99, this medmask reads 1"):
        Journal(tmp_path)
