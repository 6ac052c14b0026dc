import csv
import json

import nibabel as nib
import numpy as np
import pytest

from tests.functional.commands import ROOT, SAMPLES, medmask


@pytest.fixture(scope="module")
def seen():
    done = medmask("inspect", SAMPLES / "scans", "--json")
    assert done.returncode == 0
    return json.loads(done.stdout)


def test_inspect_tells_every_scan_from_its_headers(seen):
    lines = {line["source"]: line for line in seen["scans"]}
    series = lines["ct-thorax-like"]
    assert (series["format"], series["files"], series["modality"]) == ("dicom", 48, "CT")
    assert series["size"] == "256 x 256 x 48"
    assert series["spacing_mm"] == "1.5 x 1.5 x 3"
    assert series["verdict"] == "ok"


def test_inspect_tells_what_cannot_be_read(tmp_path):
    (tmp_path / "scan.nii.gz").write_bytes(b"")
    (line,) = json.loads(medmask("inspect", tmp_path, "--json").stdout)["scans"]
    assert line["source"] == "scan.nii.gz"
    assert line["verdict"] == "truncated"
    assert "scan.nii.gz" in line["message"]


def test_inspect_prints_a_table_for_people():
    done = medmask("inspect", SAMPLES / "scans")
    assert done.returncode == 0
    assert "hand-xray.png" in done.stdout


def test_convert_keeps_native_intensities(tmp_path):
    out = tmp_path / "out"
    assert medmask("convert", SAMPLES / "scans", out, "-q", "-j", "2").returncode == 1
    with (out / "scans.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["source"]: row for row in csv.DictReader(file)}
    assert list(rows["ct-thorax-like"])[-1] == "image"
    series, twin = (
        nib.as_closest_canonical(nib.load(out / rows[name]["image"]))
        for name in ("ct-thorax-like", "ct-thorax-like.nii.gz")
    )
    assert (np.asarray(series.dataobj) == np.asarray(twin.dataobj)).all()
    assert np.allclose(series.affine, twin.affine, atol=1e-3)


def test_convert_to_levels_puts_ct_on_13_hu_a_level(tmp_path):
    source = SAMPLES / "scans" / "ct-thorax-like.nii.gz"
    assert medmask("convert", source, tmp_path / "out", "--levels", "-q").returncode == 0
    (image,) = (tmp_path / "out").rglob("image.nii.gz")
    levels = np.asarray(nib.load(image).dataobj)
    wanted = (np.asarray(nib.load(source).dataobj) + 606) / 13
    assert np.abs(levels - wanted).max() < 1e-3


def test_recipes_are_listed_with_what_they_are_for():
    listed = medmask("recipe", "list").stdout
    names = [line.split()[0] for line in listed.splitlines()]
    assert names == sorted(path.stem for path in (ROOT / "configs").glob("*.yaml"))
    assert {"ct", "ct-bone", "mr-body", "xray"} <= set(names)
    assert all(len(line.split()) > 3 for line in listed.splitlines())


def test_a_preset_can_be_copied_checked_and_shown_in_full(tmp_path):
    text = medmask("recipe", "show", "ct").stdout
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    assert medmask("recipe", "check", file).returncode == 0
    full = json.loads(medmask("recipe", "show", file, "--full").stdout)
    assert full["thresholds"]["bone"]["level"] == 64


def test_the_schema_is_json():
    assert "properties" in json.loads(medmask("recipe", "schema").stdout)


def test_the_version_is_told():
    done = medmask("--version")
    assert (done.returncode, done.stdout.split()[0]) == (0, "medmask")


@pytest.mark.parametrize(
    "words", [(), ("run",), ("inspect",), ("convert",), ("recipe",), ("report",)]
)
def test_help_teaches_every_command(words):
    done = medmask(*words, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout
