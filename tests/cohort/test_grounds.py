import errno
import threading
import time

import pytest

from medmask.cohort.grounds import Grounds


@pytest.fixture
def said():
    return []


@pytest.fixture
def grounds(tmp_path, said, monkeypatch):
    monkeypatch.setattr("medmask.cohort.grounds._LOOK_EVERY_S", 0.05)
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    return Grounds((tmp_path / "in",), tmp_path / "out", 0.5, said.append)


def never():
    return False


def test_nothing_is_wrong_with_folders_that_are_there(grounds):
    assert grounds.fault() == ""
    assert grounds.come_back(never)


@pytest.mark.parametrize("name", ["in", "out"])
def test_a_folder_that_is_gone_is_named(grounds, tmp_path, name):
    (tmp_path / name).rmdir()
    assert f"put {tmp_path / name}: No such file or directory" in grounds.fault()


def test_another_folder_in_its_place_is_not_the_one(grounds, tmp_path):
    (tmp_path / "out").rename(tmp_path / "elsewhere")
    (tmp_path / "out").mkdir()
    assert "is not the one that the run began with" in grounds.fault()


def test_a_disk_without_room_is_named(grounds, tmp_path, monkeypatch):
    def full(**_):
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr("medmask.cohort.grounds.tempfile.TemporaryFile", full)
    assert grounds.fault() == f"output {tmp_path / 'out'}: Disk quota exceeded"


def test_it_waits_until_all_is_well(grounds, tmp_path, said):
    (tmp_path / "out").rename(tmp_path / "elsewhere")
    back = threading.Timer(0.2, (tmp_path / "elsewhere").rename, [tmp_path / "out"])
    back.start()
    assert grounds.come_back(never)
    assert said[0].endswith("No such file or directory; the run waits for up to 0.5 s")
    assert said[1:] == ["the run goes on"]


def test_patience_runs_out_once_for_all(grounds, tmp_path, said):
    (tmp_path / "in").rmdir()
    assert not grounds.come_back(never)
    start = time.monotonic()
    assert not grounds.come_back(never)
    assert time.monotonic() - start < 0.2
    assert len(said) == 1
    assert "No such file or directory" in grounds.lost


def test_a_wait_can_be_given_up(grounds, tmp_path):
    (tmp_path / "in").rmdir()
    start = time.monotonic()
    assert not grounds.come_back(lambda: True)
    assert time.monotonic() - start < 0.3
