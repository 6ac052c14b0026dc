"""A manifest as a data manager writes one, through the command line."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from medmask.cohort import CrewOptions, Manifest, Request, Shard, plan_run
from medmask.pipeline import MaskScan
from medmask.recipe import RecipeChoice
from medmask.writers import volume_nifti
from tests.dicom_files import write_series
from tests.faults.night import Night
from tests.functional.commands import ROOT, SAMPLES, medmask, untraced
from tests.functional.test_run import wait_for
from tests.phantoms import ct_boxes, volume_of

LISTED = """\
path,id,annotation,recipe,modality,thresholds.bone.native
ct/p1.nii.gz,p1,drawn/p1.nii.gz,ct,CT,
ct/p2.nii.gz,p2,,ct,CT,700
series,p3,,,,
film.png,,,,,
"""


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    """Scans of three formats, a drawing, and a run over the manifest that lists them."""
    root = tmp_path_factory.mktemp("cohort")
    for folder in ("ct", "drawn"):
        (root / folder).mkdir()
    for k in (1, 2):
        (root / f"ct/p{k}.nii.gz").write_bytes(volume_nifti(volume_of(ct_boxes() + k)))
    rod = (ct_boxes() > 226).astype(np.uint8)
    (root / "drawn/p1.nii.gz").write_bytes(volume_nifti(volume_of(rod)))
    write_series(root / "series", ct_boxes() + 1024)
    Image.fromarray(np.arange(80 * 90, dtype=np.uint8).reshape(80, 90)).save(root / "film.png")
    (root / "m.csv").write_text(LISTED)
    return root, run(root, root / "out")


def run(root, out, *words, manifest="m.csv"):
    done = medmask("run", "--manifest", root / manifest, out, "--no-report", "--json", *words)
    return done, json.loads(done.stdout) if done.stdout else {}


def rows_of(out):
    with (out / "scans.csv").open(newline="", encoding="utf-8") as file:
        return {row["scan_id"]: row for row in csv.DictReader(file)}


def account_of(out, scan_id):
    return json.loads((out / "scans" / scan_id / "scan.json").read_text())


def copy_of(cohort, folder):
    root, _ = cohort
    shutil.copytree(root, folder, dirs_exist_ok=True)
    return folder


def change(root, old, new):
    text = (root / "m.csv").read_text()
    assert old in text
    (root / "m.csv").write_text(text.replace(old, new))


def test_every_row_is_a_scan_under_its_id_by_its_own_recipe(cohort):
    root, (done, facts) = cohort
    assert (done.returncode, facts["done"]) == (0, 4), done.stderr
    rows = rows_of(root / "out")
    sources = {row["source"]: scan_id for scan_id, row in rows.items()}
    film = sources.pop("film.png")
    assert film.startswith("film-")
    assert sources == {"ct/p1.nii.gz": "p1", "ct/p2.nii.gz": "p2", "series": "p3"}
    assert [rows[name]["bone_native"] for name in ("p1", "p2", "p3")] == ["226", "700", "226"]
    assert [rows[name]["annotations"] for name in ("p1", "p2")] == ["1", "0"]
    assert (root / "out/scans/p1/annotations").is_dir()


def test_scan_json_and_run_json_tell_by_what_a_scan_was_masked(cohort):
    root, _ = cohort
    account = account_of(root / "out", "p2")
    assert account["recipe"] == "ct + thresholds.bone.native 700"
    assert account["provenance"]["recipe"]["thresholds"]["bone"]["native"] == 700
    facts = json.loads((root / "out/run.json").read_text())
    assert facts["manifest"]["rows"] == 4
    counted = {one["name"]: one["rows"] for one in facts["manifest"]["recipes"]}
    assert counted == {"auto": 2, "ct": 1, "ct + thresholds.bone.native 700": 1}
    assert facts["inputs"] == ["m.csv"]


def test_the_output_keeps_the_contract(cohort):
    check = ROOT.parent / "shared/contract/check_output.py"
    if not check.is_file():
        pytest.skip("../shared is not there")
    said = subprocess.run(
        [sys.executable, check, cohort[0] / "out"], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout


def planned(root, **fields):
    """Return the ids of the scans that the same command would do now."""
    recipes, output = RecipeChoice.of("auto"), root / "out"
    listed = Manifest.of(root / "m.csv", recipes)
    request = Request((), output, recipes, CrewOptions(1), manifest=listed, **fields)
    _, plan = plan_run(request, MaskScan(recipes, request.reading, output))
    return {job.scan.scan_id for job in plan.to_do}


def test_moved_rows_are_not_done_again(cohort, tmp_path):
    root = copy_of(cohort, tmp_path)
    header, *rows = LISTED.splitlines()
    (root / "m.csv").write_text("\n".join([header, "", *reversed(rows)]) + "\n")
    assert planned(root) == set()


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("ct,CT,700", "ct,CT,500", "p2"),
        ("p1,drawn/p1.nii.gz", "p1,", "p1"),
        ("series,p3,,,,", "series,p3,,xray,,", "p3"),
        ("p1.nii.gz,ct,CT,", "p1.nii.gz,ct,MR,", "p1"),
        ("p2.nii.gz,p2,", "p2.nii.gz,p9,", "p9"),
    ],
)
def test_a_changed_row_costs_its_own_scan_alone(cohort, tmp_path, old, new, changed):
    root = copy_of(cohort, tmp_path)
    change(root, old, new)
    assert planned(root) == {changed}


def test_only_those_that_are_asked_for_are_planned(cohort, tmp_path):
    root = copy_of(cohort, tmp_path)
    assert planned(root, anew=frozenset({"p1"})) == {"p1"}
    assert planned(root, fresh=True, only="ct/*") == {"p1", "p2"}


def test_a_row_is_done_again_by_its_new_recipe(cohort, tmp_path):
    root = copy_of(cohort, tmp_path)
    before = {name: account_of(root / "out", name) for name in ("p1", "p2", "p3")}
    change(root, "ct,CT,700", "ct,CT,500")
    assert run(root, root / "out")[1]["worked_on"] == 1
    assert rows_of(root / "out")["p2"]["bone_native"] == "500"
    for name in ("p1", "p3"):
        assert account_of(root / "out", name) == before[name]


def test_any_number_of_jobs_and_any_order_give_the_same_bytes(cohort, tmp_path):
    root, _ = cohort
    header, *rows = LISTED.splitlines()
    (root / "back.csv").write_text("\n".join([header, *reversed(rows)]))
    assert run(root, tmp_path / "two", "-j", "2", manifest="back.csv")[0].returncode == 0
    assert Night(root, tmp_path / "two").digests() == Night(root, root / "out").digests()


def test_two_parts_merged_are_the_run_as_a_whole(cohort, tmp_path):
    root, _ = cohort
    out = tmp_path / "out"
    for part in ("1/2", "2/2"):
        assert run(root, out, "--shard", part)[0].returncode == 0
    assert not (out / "scans.csv").exists()
    done = medmask("report", out)
    assert done.returncode == 0, done.stderr
    assert Night(root, out).digests() == Night(root, root / "out").digests()
    merged, whole = (json.loads((path / "run.json").read_text()) for path in (out, root / "out"))
    same = ("counts", "inputs", "manifest", "not_used", "recipe")
    assert {name: merged[name] for name in same} == {name: whole[name] for name in same}


def test_parts_share_out_the_rows(cohort):
    root, _ = cohort
    parts = [planned(root, fresh=True, shard=Shard(part, 2)) for part in (1, 2)]
    assert set.union(*parts) == planned(root, fresh=True)
    assert set.intersection(*parts) == set()


def test_a_run_that_is_killed_goes_on(cohort, tmp_path):
    root, _ = cohort
    words = ["run", "--manifest", str(root / "m.csv"), str(tmp_path / "out"), "-j", "1", "-q"]
    with subprocess.Popen(
        [sys.executable, "-m", "medmask", *words], cwd=ROOT, env=untraced()
    ) as running:
        wait_for((tmp_path / "out/run.log").exists)
        os.kill(running.pid, signal.SIGKILL)
    assert run(root, tmp_path / "out")[0].returncode == 0
    assert Night(root, tmp_path / "out").digests() == Night(root, root / "out").digests()


def test_listed_scans_and_those_below_an_input_are_one_run(cohort, tmp_path):
    root, _ = cohort
    (tmp_path / "in").mkdir()
    shutil.copy(root / "ct/p1.nii.gz", tmp_path / "in/other.nii.gz")
    words = ("run", tmp_path / "in", "--manifest", root / "m.csv", tmp_path / "out")
    done = medmask(*words, "--no-report", "-q")
    assert done.returncode == 0, done.stderr
    found = {row["source"]: row["bone_native"] for row in rows_of(tmp_path / "out").values()}
    assert (found["other.nii.gz"], found["ct/p2.nii.gz"]) == ("226", "700")


def test_hashed_names_hash_ids_as_well(cohort, tmp_path):
    root, _ = cohort
    environment = {"MEDMASK_PHI_KEY": "k" * 40, **os.environ}
    command = [sys.executable, "-m", "medmask", "run", "--manifest", str(root / "m.csv")]
    command += [str(tmp_path / "out"), "--phi", "hash", "-q", "--no-report"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(re.fullmatch(r"scan-[0-9a-f]{16}", name) for name in rows_of(tmp_path / "out"))
    assert not [path for path in (tmp_path / "out").rglob("*") if "p1" in path.name]


def test_inspect_shows_ids_and_recipes(cohort):
    root, _ = cohort
    done = medmask("inspect", "--manifest", root / "m.csv", "--json")
    lines = {line["scan_id"]: line for line in json.loads(done.stdout)["scans"]}
    assert lines["p2"]["recipe"] == "ct + thresholds.bone.native 700"
    assert lines["p1"]["annotations"] == ["drawn/p1.nii.gz (by the request)"]
    assert lines["p1"]["modality"] == "CT"
    assert (
        "ct + thresholds.bone.native 700" in medmask("inspect", "--manifest", root / "m.csv").stdout
    )


def test_convert_takes_a_manifest(cohort, tmp_path):
    root, _ = cohort
    done = medmask("convert", "--manifest", root / "m.csv", tmp_path / "out", "-q")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out/scans/p2/image.nii.gz").is_file()


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("path,ids\nseries,p\n", (), "x.csv:1: ids: unknown column (nearest known: id)"),
        ("path,id\nct,p\n", (), "x.csv:2: id: 'p' is one name, and ct holds 2 scans"),
        (
            "path,outputs.dicom_seg\nfilm.png,\nseries,true\n",
            ("--phi", "hash"),
            "x.csv:3: recipe: outputs.dicom_seg and outputs.secondary_capture tell whose they are",
        ),
        ("path\nseries\n", ("--annotations", "{root}/drawn"), "--annotations is for scans below"),
    ],
)
def test_a_wrong_manifest_is_told_and_nothing_is_started(cohort, tmp_path, text, words, sentence):
    root, _ = cohort
    (root / "x.csv").write_text(text)
    words = [word.format(root=root) for word in words]
    done = medmask("run", "--manifest", root / "x.csv", tmp_path / "out", *words)
    assert done.returncode == 2
    assert sentence in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_input_or_a_manifest_is_needed(tmp_path):
    assert "an input is needed" in medmask("inspect").stderr
    done = medmask("run", "--manifest", tmp_path / "no.csv", tmp_path / "out")
    assert (done.returncode, "No such file" in done.stderr) == (2, True)


def test_the_sample_manifest_runs(tmp_path):
    done = medmask("run", "--manifest", SAMPLES / "manifest.csv", tmp_path / "out", "-q")
    assert done.returncode == 0, done.stderr
    assert {"thorax-1", "thorax-2", "hand-1", "head-1"} == set(rows_of(tmp_path / "out"))
    page = (tmp_path / "out/report/index.html").read_text(encoding="utf-8")
    assert "thresholds.bone.native 300" in page


def test_the_page_and_the_readme_show_manifests_that_are_understood(tmp_path):
    page, readme = (
        re.findall(r"```csv\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
        for name in ("docs/manifest.md", "README.md")
    )
    assert page == [(SAMPLES / "manifest.csv").read_text(encoding="utf-8")]
    for name in ("site1/p001", "site1/p002.nii.gz", "drawn/p002.nii.gz", "drawn/ribs.nii.gz"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "scans.csv").write_text(*readme)
    rows = Manifest.of(tmp_path / "scans.csv", RecipeChoice.of("auto")).rows
    assert [(row.scan_id, len(row.annotations)) for row in rows] == [("p001", 0), ("p002", 2)]
    assert rows[1].recipes.name == "ct + thresholds.bone.native 300"
