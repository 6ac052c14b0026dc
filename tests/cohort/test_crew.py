import os
import re
import time

import pytest

from medmask.cohort.crew import Crew, CrewOptions
from medmask.outcome import Status
from tests.cohort.tasks import Act, jobs


def worked(tmp_path, *sources, memory_mb=100.0, **options):
    crew = Crew(CrewOptions(**{"jobs": 2, **options}))
    answers = crew.work(jobs(Act(tmp_path), *sources, memory_mb=memory_mb))
    return {answer.finished.outcome.source: answer.finished.outcome for answer in answers}


def test_every_scan_has_an_answer(tmp_path):
    rows = worked(tmp_path, *[f"fine-{k}" for k in range(30)])
    assert len(rows) == 30
    assert {row.status for row in rows.values()} == {Status.DONE}
    assert all(row.seconds is not None and row.peak_rss_mb > 1 for row in rows.values())


def test_whatever_one_scan_does_costs_that_scan_alone(tmp_path):
    bad = ["segfault", "exit", "hang", "raise", "refuse", "memory"]
    good = [f"fine-{k}" for k in range(20)]
    rows = worked(tmp_path, *good[:10], *bad, *good[10:], timeout_s=2.0, retries=0)
    assert {name: rows[name].code for name in bad} == {
        "segfault": "worker_died",
        "exit": "worker_died",
        "hang": "timeout",
        "raise": "internal",
        "refuse": "truncated",
        "memory": "out_of_memory",
    }
    assert all(rows[name].status is Status.DONE for name in good)


@pytest.mark.parametrize(
    ("deed", "sentence"),
    [
        ("segfault", "was ended by SIGSEGV"),
        ("exit", "ended with exit code 7"),
        ("hang", "no result within 0.5 s"),
        ("raise", "ZeroDivisionError at "),
        ("refuse", "a.nii: 4 of 8 bytes; accepted: a whole file"),
    ],
)
def test_each_failure_says_what_happened(tmp_path, deed, sentence):
    row = worked(tmp_path, deed, timeout_s=0.5, retries=0)[deed]
    assert row.status is Status.FAILED
    assert sentence in row.message


def test_what_is_no_scan_is_skipped(tmp_path):
    row = worked(tmp_path, "skip")["skip"]
    assert (row.status, row.code) == (Status.SKIPPED, "annotation")


def test_a_death_that_passes_is_tried_again(tmp_path):
    row = worked(tmp_path, "once", retries=1)["once"]
    assert (row.status, row.attempts) == (Status.DONE, 2)


def test_a_death_that_stays_is_tried_as_often_as_asked(tmp_path):
    row = worked(tmp_path, "exit", retries=2)["exit"]
    assert (row.code, row.attempts) == ("worker_died", 3)


def test_a_kill_from_outside_is_tried_again_with_the_machine_to_itself(tmp_path):
    rows = worked(tmp_path, "slow-0", "killed-1", "slow-2", "slow-3")
    assert (rows["killed-1"].status, rows["killed-1"].attempts) == (Status.DONE, 2)
    assert all(row.status is Status.DONE for row in rows.values())


def test_a_scan_that_takes_memory_without_end_is_ended_with_the_figures(tmp_path):
    rows = worked(tmp_path, "fine-0", "hungry-1", "fine-2", allowed_mb=600.0)
    row = rows.pop("hungry-1")
    assert row.code == "out_of_memory"
    assert re.search(r"[67]\d\d MB|refused more", row.message)
    assert row.peak_rss_mb < 900
    assert all(other.status is Status.DONE for other in rows.values())


def test_a_scan_that_asks_for_more_than_there_may_be_is_refused_it_at_once(tmp_path):
    row = worked(tmp_path, "greedy", allowed_mb=1000.0, retries=0)["greedy"]
    assert row.code == "out_of_memory"
    assert "was refused more" in row.message
    assert row.peak_rss_mb < 500


def test_a_scan_that_cannot_fit_is_refused_by_its_header(tmp_path):
    row = worked(tmp_path, "fine", memory_mb=5000.0, allowed_mb=1000.0)["fine"]
    assert row.code == "too_large"
    assert "about 5,000 MB" in row.message
    assert "within 1,000 MB (--mem-gb)" in row.message


def test_scans_that_fit_one_by_one_only_are_worked_on_one_by_one(tmp_path):
    start = time.monotonic()
    sources = [f"slow-{k}" for k in range(4)]
    rows = worked(tmp_path, *sources, jobs=4, memory_mb=600.0, allowed_mb=1000.0)
    assert time.monotonic() - start > 4 * 0.3
    assert all(row.status is Status.DONE for row in rows.values())


def test_a_child_that_has_grown_is_replaced(tmp_path):
    act = Act(tmp_path, tells_process=True)
    assert len(list(Crew(CrewOptions(1)).work(jobs(act, "leaky-0", "fine-1", "fine-2")))) == 3
    first, second, third = ((tmp_path / f"id-{k}.txt").read_text().split()[1] for k in range(3))
    assert first != second == third


def test_scans_are_worked_on_side_by_side(tmp_path):
    worked(tmp_path, "fine-0", "fine-1")
    start = time.monotonic()
    worked(tmp_path, *[f"slow-{k}" for k in range(8)], jobs=4)
    assert time.monotonic() - start < 8 * 0.3


def test_leaving_early_ends_every_child(tmp_path):
    crew = Crew(CrewOptions(jobs=2))
    answers = crew.work(jobs(Act(tmp_path), "fine-0", "hang-1", "hang-2", "hang-3"))
    next(answers)
    start = time.monotonic()
    answers.close()
    assert time.monotonic() - start < 10


def test_children_have_one_thread_and_the_parents_settings_come_back(tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    worked(tmp_path, "fine-0")
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS" not in os.environ
