"""Whole runs over other people's cases, judged by other people's judges."""

import csv
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tests.functional.commands import SAMPLES, medmask

SHARED = Path(__file__).parents[3] / "shared"
FAULTS = SHARED / "faults"
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


def test_what_the_report_shows_of_a_scan_keeps_to_its_weight(real):
    seen = 0
    for folder in (real[0] / "scans").glob("*/review"):
        weights = {path.name: path.stat().st_size for path in folder.iterdir()}
        assert weights.pop("thumb.webp") <= 60_000, folder
        assert sum(weights.values()) <= (2_000_000 if "slice.webp" in weights else 350_000), folder
        seen += 1
    assert seen > 40


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


@pytest.fixture(scope="module")
def faults(tmp_path_factory):
    """The corpus of bad inputs, and a run over it."""
    root = tmp_path_factory.mktemp("faults")
    made = judged(FAULTS / "make_faults.py", root / "in")
    assert made.returncode == 0, made.stderr
    medmask(
        *("run", root / "in", root / "out", "--recipe", FAULTS / "judge_recipe.yaml"),
        *("--timeout", "20", "--mem-gb", "4", "-j", "2", "-q"),
        timeout=250,
        traced=False,
    )
    return root


def test_every_bad_input_comes_to_what_it_should(faults):
    command = f"{sys.executable} -m medmask"
    verdict = judged(FAULTS / "judge.py", faults / "in", faults / "out", "--medmask", command)
    assert verdict.returncode == 0, verdict.stdout


def ends(output):
    """How each scan of a run ended, by source."""
    found = defaultdict(list)
    with (output / "scans.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["source"]].append(row["code"] or "ok")
    return {source: sorted(codes) for source, codes in found.items()}


def foreseen(root, recipe):
    """What inspect says of each scan, by source."""
    found = defaultdict(list)
    told = medmask("inspect", root, "--json", "--recipe", recipe, traced=False)
    for line in json.loads(told.stdout)["scans"]:
        found[line["source"]].append(line["verdict"])
    return {source: sorted(verdicts) for source, verdicts in found.items()}


def unforeseen(said, came):
    """Sources of which headers told less than the run."""
    assert said.keys() == came.keys()
    differing = {source for source in said if said[source] != came[source]}
    assert all(said[source] == ["ok"] * len(said[source]) for source in differing)
    return differing


def test_inspect_foretells_every_real_refusal_that_headers_tell(real):
    surprises = unforeseen(foreseen(SHARED / "data", "auto"), ends(real[0]))
    labels = "ct-bone-labels-totalseg/example_seg_tissue_types"
    assert surprises == {  # label maps and CT without HU are known by their values
        *(f"{labels}/{n}.nii.gz" for n in ("skeletal_muscle", "subcutaneous_fat", "torso_fat")),
        *(f"seg-dcmqi-ct3/partial_overlaps-{n}.nrrd" for n in (1, 2, 3)),
        "ct-head-small/CTHeadAxialDicom",
        "seg-dcmqi-odd-width/image",
        "seg-dcmqi-odd-width/multiframe/mf.dcm",
    }


def test_inspect_foretells_every_bad_input_that_headers_tell(faults):
    said = foreseen(faults / "in", FAULTS / "judge_recipe.yaml")
    assert unforeseen(said, ends(faults / "out")) == {
        *("d_j2k_size_lies/in/000.dcm", "d_j2k_truncated/in/000.dcm"),  # in the code stream
        *("d_one_pixel/in", "d_signedness_lie/in", "n_float_huge/in/img.nii.gz"),  # no HU
        "n_all_nan/in/img.nii.gz",
        "p_bad_crc/in/img.png",  # that of its pixels
    }
