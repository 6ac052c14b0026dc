"""A run on a host of another name, as a namespace of its own makes it."""

import os
import signal
import subprocess
import sys
import time

import pytest

from medmask.cohort import Journal
from medmask.cohort.owner import Owner
from medmask.errors import OutputLocked
from tests.faults.night import ROOT, Night, write_cohort

NAMED = (
    "import os, socket, sys; socket.sethostname('far-away'); "
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)
ELSEWHERE = ("unshare", "--user", "--map-root-user", "--uts", sys.executable, "-c", NAMED)


@pytest.fixture(scope="module", autouse=True)
def _may_be_elsewhere():
    try:
        subprocess.run([*ELSEWHERE, "-c", "pass"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no right to a host name of one's own: {error}")


@pytest.fixture
def far(tmp_path):
    """A night that runs elsewhere and has done a scan."""
    night = Night(write_cohort(tmp_path / "in", 40), tmp_path / "out", ("-j", "1", "--no-report"))
    command = [*ELSEWHERE, *night.command[1:]]
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True) as running:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("out/scans/*/scan.json")) and time.monotonic() < deadline:
            time.sleep(0.05)
        yield night, running
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)


def test_a_run_elsewhere_is_left_alone_and_succeeded_when_it_is_silent(far, monkeypatch):
    night, running = far
    with Journal(night.output) as journal:
        with pytest.raises(OutputLocked, match=f"process {running.pid} on far-away"):
            journal.claim(Owner.me())
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        with pytest.raises(OutputLocked, match="on far-away"):  # it was heard of a moment ago
            journal.claim(Owner.me())
        monkeypatch.setattr("medmask.cohort.journal._SILENT_AFTER_S", 0.0)
        monkeypatch.setattr("medmask.cohort.journal._WATCHED_FOR_S", 0.2)
        journal.claim(Owner.me())
        journal.release()
    again = night.finish()
    assert again.returncode == 0, again.stderr
    assert len(night.rows()) == 40
    assert night.done_twice() == []
