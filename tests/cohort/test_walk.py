import os
import socket

import pytest

from medmask.cohort.walk import walk
from medmask.errors import MissingInput


def sources(found):
    return [file.source for file in found.files]


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "in"
    (folder / "b").mkdir(parents=True)
    (folder / "a.nii").write_bytes(b"1")
    (folder / "b" / "c.png").write_bytes(b"2")
    return folder


def test_regular_files_are_listed_in_the_order_of_their_sources(root, tmp_path):
    assert sources(walk((root,), tmp_path / "out")) == ["a.nii", "b/c.png"]


def test_a_file_given_by_itself_is_its_own_source(root, tmp_path):
    assert sources(walk((root / "b" / "c.png",), tmp_path / "out")) == ["c.png"]


def test_several_inputs_prefix_their_names(root, tmp_path):
    twin = tmp_path / "other" / "in"
    twin.mkdir(parents=True)
    (twin / "a.nii").write_bytes(b"3")
    assert sources(walk((root, twin), tmp_path / "out")) == ["in/a.nii", "in/b/c.png", "in~2/a.nii"]


def test_one_file_under_two_names_is_listed_once(root, tmp_path):
    os.link(root / "a.nii", root / "z.nii")
    found = walk((root,), tmp_path / "out")
    assert sources(found) == ["a.nii", "b/c.png"]
    assert found.passed_over["same file again"] == 1


def test_pipes_and_sockets_are_counted_and_never_opened(root, tmp_path, monkeypatch):
    os.mkfifo(root / "pipe.dcm")
    monkeypatch.chdir(root)  # a socket's path must be short
    server = socket.socket(socket.AF_UNIX)
    server.bind("socket.dcm")
    server.close()
    assert walk((root,), tmp_path / "out").passed_over["not a regular file"] == 2


def test_links_that_leave_the_input_are_not_followed(root, tmp_path):
    (tmp_path / "secret.nii").write_bytes(b"x")
    (root / "out.nii").symlink_to(tmp_path / "secret.nii")
    (root / "dev.dcm").symlink_to("/dev/zero")
    found = walk((root,), tmp_path / "out")
    assert sources(found) == ["a.nii", "b/c.png"]
    assert found.passed_over["link out of the input"] == 2


def test_broken_links_and_loops_are_counted(root, tmp_path):
    (root / "x.nii").symlink_to("y.nii")
    (root / "y.nii").symlink_to("x.nii")
    (root / "z.nii").symlink_to("gone.nii")
    (root / "loop").symlink_to(root)
    found = walk((root,), tmp_path / "out")
    assert found.passed_over["broken link"] == 3
    assert found.passed_over["link to a folder"] == 1


def test_a_link_to_hidden_content_of_the_input_is_a_file_of_its_own_name(root, tmp_path):
    (root / ".store").mkdir()
    (root / ".store" / "object").write_bytes(b"payload")
    (root / "scan.nii").symlink_to(".store/object")
    found = walk((root,), tmp_path / "out")
    assert "scan.nii" in sources(found)
    assert found.passed_over["hidden"] == 1


def test_hidden_files_and_litter_are_counted(root, tmp_path):
    for name in (".DS_Store", "._a.nii", "Thumbs.db", "desktop.ini"):
        (root / name).write_bytes(b"x")
    found = walk((root,), tmp_path / "out")
    assert found.passed_over["hidden"] == 2
    assert found.passed_over["litter of the operating system"] == 2


def test_the_runs_own_output_is_not_looked_into(root):
    (root / "out").mkdir()
    (root / "out" / "labels.nii.gz").write_bytes(b"x")
    found = walk((root,), root / "out")
    assert sources(found) == ["a.nii", "b/c.png"]
    assert found.passed_over["own output"] == 1


def test_what_an_earlier_run_wrote_is_no_input(root, tmp_path):
    (root / "masks" / "scans").mkdir(parents=True)
    for name in ("journal.sqlite", "run.json", "scans.csv", "scans/overlay.png"):
        (root / "masks" / name).write_bytes(b"x")
    found = walk((root,), tmp_path / "out")
    assert sources(found) == ["a.nii", "b/c.png"]
    assert found.passed_over["output of an earlier run"] == 4


def test_depth_is_no_limit(tmp_path):
    folder = tmp_path / "in"
    deep = folder.joinpath(*["d"] * 300)
    deep.mkdir(parents=True)
    (deep / "a.nii").write_bytes(b"x")
    assert len(walk((folder,), tmp_path / "out").files) == 1


def test_a_missing_input_is_refused(tmp_path):
    with pytest.raises(MissingInput, match="No such file"):
        walk((tmp_path / "gone",), tmp_path / "out")


def test_an_input_that_is_a_pipe_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(MissingInput, match="neither a folder nor a regular file"):
        walk((tmp_path / "pipe",), tmp_path / "out")
