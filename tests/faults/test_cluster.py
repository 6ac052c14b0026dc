"""Dask workers on loopback: one is killed in between, or what they say is encrypted."""

import json
import shutil
import signal
import time

import pytest

from medmask.cohort import CrewOptions
from tests.faults.certificates import certificate
from tests.faults.loopback import loopback
from tests.faults.night import Night, write_cohort
from tests.faults.sixty import BAD, After, Nights, faults_of, spoil

pytest.importorskip("distributed")


@pytest.fixture
def there(tmp_path):
    with loopback(tmp_path / "cluster") as started:
        yield started


def dask_night(inputs, output, there, *words):
    return Night(inputs, output, ("--backend", "dask", "--scheduler", str(there.address), *words))


def rows_logged(night):
    log = night.output / "run.log"
    lines = log.read_text().splitlines() if log.exists() else []
    return [event for event in map(json.loads, lines) if event["event"] == "scan"]


def wait_for_rows(night, count):
    deadline = time.monotonic() + 60
    while len(rows_logged(night)) < count and time.monotonic() < deadline:
        time.sleep(0.05)


def test_a_worker_that_is_killed_costs_no_scan(there, tmp_path):
    inputs = write_cohort(tmp_path / "in", 8)
    night = dask_night(inputs, tmp_path / "out", there)
    with night.start() as running:
        wait_for_rows(night, 2)
        there.workers[0].kill()
        _, said = running.communicate(timeout=100)
    assert running.returncode == 0, said
    assert len(rows_logged(night)) == 8
    local = Night(inputs, tmp_path / "local")
    assert local.finish().returncode == 0
    assert night.digests() == local.digests()
    again = dask_night(inputs, tmp_path / "second", there)
    assert again.finish().returncode == 0
    assert again.digests() == local.digests(), "a second run has children of its own"


def test_a_coordinator_that_is_killed_goes_on_to_the_same_bytes(there, tmp_path):
    inputs = write_cohort(tmp_path / "in", 6)
    local = Night(inputs, tmp_path / "local")
    assert local.finish().returncode == 0
    night = dask_night(inputs, tmp_path / "out", there)
    with night.start() as running:
        wait_for_rows(night, 2)
        running.send_signal(signal.SIGKILL)
        running.communicate(timeout=60)
    again = night.finish()
    assert again.returncode == 0, again.stderr
    assert night.digests() == local.digests()
    assert night.leftovers() == []
    assert night.done_twice() == []


def test_bad_scans_and_a_worker_that_is_killed_cost_five_rows(there, tmp_path):
    inputs = write_cohort(tmp_path / "in", 12)
    spoil(inputs)
    with Nights.on(there, CrewOptions(2, 5.0, allowed_mb=700.0)) as nights:
        ended = nights.over(inputs, tmp_path / "out", After(4, there.workers[0].kill))
    assert faults_of(ended, 12 - len(BAD)) == []


def test_a_manifest_comes_to_the_same_on_dask_workers(there, tmp_path):
    inputs = write_cohort(tmp_path / "in", 3)
    rows = ["scan-000.nii.gz,p0,ct,", "scan-001.nii.gz,p1,ct,700", "scan-002.nii.gz,,xray,"]
    header = "path,id,recipe,thresholds.bone.native"
    (inputs / "m.csv").write_text("\n".join([header, *rows]))
    listed = ("--manifest", str(inputs / "m.csv"))
    local = Night(tmp_path / "none", tmp_path / "local", listed)
    night = dask_night(tmp_path / "none", tmp_path / "out", there, *listed)
    (tmp_path / "none").mkdir()
    for one in (local, night):
        done = one.finish()
        assert done.returncode == 0, done.stderr
    assert night.digests() == local.digests()
    bone = {row["scan_id"]: row["bone_native"] for row in night.rows()}
    assert (bone["p0"], bone["p1"]) == ("226", "700")


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory):
    """A cluster that speaks TLS alone, and the certificate of all who take part."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make certificates")
    folder = tmp_path_factory.mktemp("encrypted")
    ours = certificate(folder / "ours")
    words = ("--protocol", "tls", *ours.words("--tls-ca-file"))
    with loopback(folder / "cluster", 1, words) as started:
        yield started, ours


def encrypted_night(folder, scheduler, words):
    inputs = write_cohort(folder / "in", 2)
    return Night(
        inputs, folder / "out", ("--backend", "dask", "--scheduler", scheduler, *words)
    ).finish(timeout_s=60)


def test_scans_are_worked_on_over_tls(encrypted, tmp_path):
    there, ours = encrypted
    done = encrypted_night(tmp_path, str(there.address), ours.words("--tls-ca"))
    assert done.returncode == 0, done.stderr
    assert "2 done, 0 failed" in done.stdout
    assert json.loads(there.address.read_text())["address"].startswith("tls://")


def test_a_certificate_of_another_authority_is_refused(encrypted, tmp_path):
    theirs = certificate(tmp_path / "theirs").words("--tls-ca")
    done = encrypted_night(tmp_path, str(encrypted[0].address), theirs)
    assert done.returncode == 2
    assert "TLS certificate does not match" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("has_certificate", [True, False])
def test_a_certificate_and_an_address_of_tls_go_together(encrypted, tmp_path, has_certificate):
    there, ours = encrypted
    scheduler = "tcp://127.0.0.1:1" if has_certificate else str(there.address)
    words = ours.words("--tls-ca") if has_certificate else ()
    done = encrypted_night(tmp_path, scheduler, words)
    assert done.returncode == 2
    assert "a tls:// address and --tls-ca, --tls-cert, --tls-key go together" in done.stderr
    assert "Traceback" not in done.stderr
