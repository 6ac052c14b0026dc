"""Whole runs over other people's cases, judged by other people's judges."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from tests.functional.commands import SAMPLES, medmask

SHARED = Path(__file__).parents[3] / "shared"
pytestmark = [
    pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is absent"),
    pytest.mark.timeout(300),
]


def judged(*words):
    command = [sys.executable, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=250, check=False)


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    out = tmp_path_factory.mktemp("real") / "out"
    return out, medmask("run", SHARED / "data", out, "-q", "-j", "2", timeout=250, traced=False)


@pytest.fixture(scope="module")
def rows(real):
    with (real[0] / "scans.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_real_cases_end_with_refusals_and_without_a_traceback(real):
    _, done = real
    assert done.returncode == 1
    assert "Traceback" not in done.stderr + done.stdout


def test_no_real_case_meets_a_fault_of_our_own(rows):
    assert [row["source"] for row in rows if row["code"] in {"internal", "worker_died"}] == []


def test_the_output_keeps_the_contract(real):
    checked = judged(SHARED / "contract" / "check_output.py", real[0])
    assert checked.returncode == 0, checked.stdout


def test_the_samples_output_keeps_the_contract(tmp_path):
    medmask("run", SAMPLES / "scans", tmp_path / "out", "-q", traced=False)
    checked = judged(SHARED / "contract" / "check_output.py", tmp_path / "out")
    assert checked.returncode == 0, checked.stdout


def test_the_eight_axis_orders_of_one_volume_have_masks_of_one_size(rows):
    orders = [row for row in rows if row["source"].startswith("nifti-orientations/")]
    assert len(orders) == 8
    assert len({row["soft_voxels"] for row in orders}) == 1


def test_an_inverted_film_is_the_negative_of_its_twin(rows):
    films = {row["source"].rpartition("/")[2]: row for row in rows if row["modality"] == "CR"}
    (positive,) = (row for name, row in films.items() if not name.startswith("Fake"))
    negative = films["Fake_MONOHR1.dcm"]
    assert float(positive["soft_native"]) + float(negative["soft_native"]) == 255
    assert float(positive["bone_native"]) + float(negative["bone_native"]) == 255


def test_every_bad_input_comes_to_what_it_should(tmp_path):
    faults = SHARED / "faults"
    made = judged(faults / "make_faults.py", tmp_path / "faults")
    assert made.returncode == 0, made.stderr
    recipe = faults / "judge_recipe.yaml"
    medmask(
        *("run", tmp_path / "faults", tmp_path / "out", "--recipe", recipe),
        *("--timeout", "20", "--mem-gb", "4", "-j", "2", "-q"),
        timeout=250,
        traced=False,
    )
    command = f"{sys.executable} -m medmask"
    verdict = judged(
        faults / "judge.py", tmp_path / "faults", tmp_path / "out", "--medmask", command
    )
    assert verdict.returncode == 0, verdict.stdout
