import contextlib
import json
import os
import pty
import subprocess
import sys

import pytest

from tests.functional.commands import ROOT, SAMPLES

ONE = SAMPLES / "scans/hand-xray.png"


def deaf_pipe():
    """The writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def closed_terminal():
    """A terminal whose window is gone."""
    window, terminal = pty.openpty()
    os.close(window)
    return terminal


@contextlib.contextmanager
def nobody(kind):
    end = kind()
    try:
        yield end
    finally:
        os.close(end)


def medmask(*words, **streams):
    command = [sys.executable, "-m", "medmask", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, timeout=100, check=False, **streams)


@pytest.mark.parametrize("kind", [deaf_pipe, closed_terminal])
def test_a_run_that_nobody_listens_to_goes_on_to_its_end(tmp_path, kind):
    with nobody(kind) as end:
        done = medmask("run", ONE, tmp_path / "out", "-v", stdout=end, stderr=end)
    assert done.returncode == 0
    assert json.loads((tmp_path / "out/run.json").read_text())["counts"]["done"] == 1
    assert (tmp_path / "out/report/index.html").is_file()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("recipe", "schema"), 0),
        (("inspect", ONE, "--json"), 0),
        (("histogram", ONE), 0),
        (("--help",), 0),
        (("inspect", "not-there"), 2),
    ],
)
def test_a_command_that_nobody_listens_to_ends_quietly_with_its_own_code(words, code):
    with nobody(deaf_pipe) as end:
        done = medmask(*words, stdout=end, stderr=subprocess.PIPE)
    said = done.stderr.decode()
    assert (done.returncode, "Traceback" in said, "BrokenPipe" in said) == (code, False, False)


def test_a_reader_that_has_seen_enough_has_read_it_whole():
    command = f"{sys.executable} -m medmask recipe schema | head -n 1"
    done = subprocess.run(command, cwd=ROOT, shell=True, capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b"{\n", b"")


def test_streams_that_are_closed_from_the_start_lead_nowhere():
    command = f"exec {sys.executable} -m medmask inspect not-there <&- >&- 2>&-"
    assert subprocess.run(command, cwd=ROOT, shell=True, check=False).returncode == 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")  # noqa: PTH110
def test_a_disk_that_is_full_is_not_taken_for_a_reader_that_is_gone():
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = medmask("recipe", "schema", stdout=full, stderr=subprocess.PIPE)
    assert done.returncode != 0
    assert b"No space left" in done.stderr
