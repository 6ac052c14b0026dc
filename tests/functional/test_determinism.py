"""The same input, recipe and version give the same bytes, whatever lies around them."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.faults.night import Night
from tests.functional.commands import ROOT, SAMPLES, untraced


def masked(inputs, output, *words, umask=0o022, **environment):
    command = [sys.executable, "-m", "medmask", "run", str(inputs), str(output), "-q", *words]
    done = subprocess.run(
        command, cwd=ROOT, env=untraced() | environment, umask=umask, check=False, text=True,
        capture_output=True,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    return Night(inputs, output)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return masked(SAMPLES / "scans", tmp_path_factory.mktemp("plain") / "out", "-j", "2")


@pytest.mark.parametrize(
    "environment",
    [
        {"TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "1"},
        {"TZ": "America/Lima", "LC_ALL": "C", "PYTHONHASHSEED": "77", "umask": 0o077},
    ],
    ids=["east and Turkish", "west and plain"],
)
def test_time_zone_language_hash_seed_and_umask_change_nothing(plain, tmp_path, environment):
    other = masked(SAMPLES / "scans", tmp_path / "out", "-j", "1", **environment)
    assert other.digests() == plain.digests()


def test_the_order_of_files_on_the_disk_changes_nothing(plain, tmp_path):
    copy = tmp_path / "scans"
    files = [path for path in (SAMPLES / "scans").rglob("*") if path.is_file()]
    for path in sorted(files, reverse=True):
        there = copy / path.relative_to(SAMPLES / "scans")
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, there)
        os.utime(there, (0, 0))
    assert masked(copy, tmp_path / "out", "-j", "3").digests() == plain.digests()
