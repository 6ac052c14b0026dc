"""Two dask workers on loopback, one of which is killed in between."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.faults.night import Night, write_cohort

pytest.importorskip("distributed")
DASK = (sys.executable, "-m")


@pytest.fixture
def cluster(tmp_path):
    """A scheduler file and two workers."""
    address = tmp_path / "scheduler.json"
    started = [
        subprocess.Popen(
            [
                *(*DASK, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"),
                *("--no-dashboard", "--scheduler-file", str(address)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    ]
    for name in ("one", "two"):
        command = [*DASK, "distributed.cli.dask_worker", "--scheduler-file", str(address)]
        command += ["--no-nanny", "--nthreads", "1", "--no-dashboard"]
        command += ["--local-directory", str(tmp_path / name)]
        started.append(
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )
    yield address, started[1:]
    for process in reversed(started):
        process.kill()
        process.wait()


def dask_night(inputs, output, address):
    return Night(inputs, output, ("--backend", "dask", "--scheduler", str(address)))


def rows_logged(night):
    log = night.output / "run.log"
    return (
        []
        if not log.exists()
        else [
            event
            for event in map(json.loads, log.read_text().splitlines())
            if event["event"] == "scan"
        ]
    )


def test_a_worker_that_is_killed_costs_no_scan(cluster, tmp_path):
    address, workers = cluster
    inputs = write_cohort(tmp_path / "in", 8)
    night = dask_night(inputs, tmp_path / "out", address)
    with night.start() as running:
        deadline = time.monotonic() + 60
        while len(rows_logged(night)) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(workers[0].pid, signal.SIGKILL)
        _, said = running.communicate(timeout=100)
    assert running.returncode == 0, said
    assert len(rows_logged(night)) == 8
    local = Night(inputs, tmp_path / "local")
    assert local.finish().returncode == 0
    assert night.digests() == local.digests()
    again = dask_night(inputs, tmp_path / "second", address)
    assert again.finish().returncode == 0
    assert again.digests() == local.digests(), "a second run has children of its own"
