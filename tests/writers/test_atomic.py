import os
import stat

import pytest

from medmask.errors import WriteFailed
from medmask.writers.atomic import remove_leftovers, write_atomically


def test_content_is_whole_and_nothing_else_is_left(tmp_path):
    write_atomically(tmp_path / "deep" / "mask.bin", b"x" * 1000)
    assert (tmp_path / "deep" / "mask.bin").read_bytes() == b"x" * 1000
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["mask.bin"]


def test_the_file_has_the_rights_that_the_umask_leaves(tmp_path):
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "a", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WriteFailed, match=r"a: .*; accepted: a writable folder"):
        write_atomically(tmp_path / "file" / "a", b"x")


def test_the_old_file_survives_a_write_that_fails(tmp_path, monkeypatch):
    write_atomically(tmp_path / "a", b"old")

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteFailed, match="No space left on device"):
        write_atomically(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path):
    deep = tmp_path / "scans" / "a"
    deep.mkdir(parents=True)
    (deep / ".medmask-x1.tmp").write_bytes(b"half")
    (deep / "mine.tmp").write_bytes(b"")
    remove_leftovers(tmp_path)
    assert [p.name for p in deep.iterdir()] == ["mine.tmp"]
