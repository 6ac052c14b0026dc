import threading
import time

import pytest

from medmask.cohort import examine
from medmask.cohort.walk import Found


@pytest.fixture
def files(tmp_path):
    found = [Found(tmp_path / f"{k:03}.txt", f"{k:03}.txt") for k in range(300)]
    for file in found:
        file.path.write_text("no image")
    return found


def through(files):
    return [one.file.source for some in examine.examined(files) for one in some]


def threads_used(monkeypatch, pause_s):
    """Let each file take a while, and return the threads that look at files."""
    used, sniffed = set(), examine.sniff

    def slow(path):
        used.add(threading.get_ident())
        time.sleep(pause_s)
        return sniffed(path)

    monkeypatch.setattr(examine, "sniff", slow)
    return used


def test_files_that_are_waited_for_are_read_side_by_side_and_come_in_their_order(
    files, monkeypatch
):
    used = threads_used(monkeypatch, 0.003)
    assert through(files) == [file.source for file in files]
    assert len(used) > 1


def test_files_that_come_at_once_are_read_one_by_one(files, monkeypatch):
    used = threads_used(monkeypatch, 0.0)
    monkeypatch.setattr(examine, "_WAITING", 1e9)  # whatever else this machine does
    assert through(files) == [file.source for file in files]
    assert used == {threading.get_ident()}


def test_no_files_are_no_batches():
    assert through([]) == []
