import io

import pytest
from rich.console import Console

from medmask.cohort import Bar, Lines, Silent, Standing
from medmask.outcome import Outcome, Status

DONE = Outcome("a-1", "a-1", "a.nii", "nifti", seconds=0.5)
FAILED = Outcome(
    "b-1", "b-1", "b.nii", "nifti", status=Status.FAILED, code="truncated", message="b.nii: [cut]"
)


@pytest.fixture
def screen():
    return Console(file=io.StringIO(), force_terminal=True, width=160)


@pytest.fixture
def log():
    return Console(file=io.StringIO(), force_terminal=False, width=160)


def standing(done=0, failed=0, kept=3):
    return Standing(2, kept, done, failed, 0, 60.0, 12.0, 1536.0, 4096.0)


def watched(watcher):
    watcher.planned(standing())
    watcher.finished(DONE, standing(1))
    watcher.finished(FAILED, standing(1, 1))
    watcher.ended(standing(1, 1))


def test_the_bar_counts_and_names_failures(screen):
    watched(Bar(screen))
    shown = screen.file.getvalue()
    assert "2/2" in shown
    assert "3 done before" in shown
    assert "b.nii: [cut]" in shown
    assert "1 failed, 2.0/min, 0:00:12 left, 1.5 GB" in shown


def test_lines_say_what_there_is_to_do_what_failed_and_how_it_ended(log):
    watched(Lines(log))
    assert log.file.getvalue().splitlines()[:2] == [
        "2 scans to do, 3 done before",
        "failed b.nii: [cut]",
    ]
    assert log.file.getvalue().splitlines()[-1].startswith("2/2: 1 done, 1 failed, 0 skipped; ")


def test_lines_name_every_scan_when_asked(log):
    watched(Lines(log, every_scan=True))
    assert "done a.nii (0.5 s)" in log.file.getvalue()


def test_lines_tell_where_a_long_run_stands(log, monkeypatch):
    lines = Lines(log)
    monkeypatch.setattr("medmask.cohort.progress._LINE_EVERY_S", 0.0)
    lines.planned(standing(kept=0))
    lines.finished(DONE, standing(1))
    shown = "1/2: 1 done, 0 failed, 0 skipped; 1.0/min; about 12 s left; 1,536 of 4,096 MB"
    assert shown in log.file.getvalue()


def test_silence_says_nothing(log):
    watched(Silent())
    assert log.file.getvalue() == ""
