import io

import pytest
from rich.console import Console

from medmask.cohort import Bar, Lines, Silent
from medmask.outcome import Outcome, Status

DONE = Outcome("a-1", "a-1", "a.nii", "nifti", seconds=0.5)
FAILED = Outcome(
    "b-1", "b-1", "b.nii", "nifti", status=Status.FAILED, code="truncated", message="b.nii: [cut]"
)


@pytest.fixture
def screen():
    return Console(file=io.StringIO(), force_terminal=True, width=120)


@pytest.fixture
def log():
    return Console(file=io.StringIO(), force_terminal=False, width=120)


def watched(watcher):
    watcher.planned(2, 3)
    watcher.finished(DONE)
    watcher.finished(FAILED)
    watcher.ended()


def test_the_bar_counts_and_names_failures(screen):
    watched(Bar(screen))
    shown = screen.file.getvalue()
    assert "2/2" in shown
    assert "3 done before" in shown
    assert "b.nii: [cut]" in shown
    assert "/min" in shown


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
    lines.planned(2, 0)
    lines.finished(DONE)
    assert "1/2: 1 done" in log.file.getvalue()


def test_silence_says_nothing(log):
    watched(Silent())
    assert log.file.getvalue() == ""
