import subprocess
import sys

import numpy as np
import pytest

import medmask
from medmask.errors import MissingInput, RequestError
from medmask.recipe import load
from tests.cohort.test_annotations import scan_file
from tests.functional.commands import SAMPLES


def test_a_series_a_file_and_a_picture_are_read():
    series = medmask.read(SAMPLES / "scans" / "ct-thorax-like")
    assert (series.modality, series.voxels.shape) == ("CT", (48, 256, 256))
    picture = medmask.read(SAMPLES / "scans" / "hand-xray.png")
    assert picture.voxels.dtype == np.uint8


def test_a_folder_of_several_scans_is_refused_by_name():
    with pytest.raises(MissingInput, match="one scan was expected, 6 found: ct-thorax-like; "):
        medmask.read(SAMPLES / "scans")


def test_segment_takes_the_modalitys_preset_or_a_recipe():
    volume = medmask.read(SAMPLES / "scans" / "hand-xray.png")
    assert medmask.segment(volume).recipe.name == "xray"
    assert medmask.segment(volume, load("mr-body")).recipe.name == "mr-body"


def test_blend_is_the_formula():
    first, second = np.full((2, 2), 200, np.uint8), np.full((2, 2), 100, np.uint8)
    assert medmask.blend(first, second, np.full((2, 2), 0.25)).tolist() == [[125, 125], [125, 125]]


def test_run_needs_no_guard_around_the_users_script(tmp_path):
    script, film = tmp_path / "night.py", SAMPLES / "scans" / "hand-xray.png"
    script.write_text(
        "import medmask\n"
        f"rows = medmask.run({str(film)!r}, {str(tmp_path / 'out')!r})\n"
        "print([str(row.status) for row in rows])\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "['done']", done.stderr


def test_a_manifest_runs_as_by_the_command(tmp_path):
    film = SAMPLES / "scans/hand-xray.png"
    (tmp_path / "m.csv").write_text(f"path,id,thresholds.bone.level\n{film},p1,80\n")
    (row,) = medmask.run((), tmp_path / "out", manifest=tmp_path / "m.csv", jobs=1)
    assert (row.scan_id, row.bone_level) == ("p1", 80)
    page = (tmp_path / "out/report/scans/p1.html").read_text(encoding="utf-8")
    assert "hand-xray.png" in page


@pytest.mark.parametrize(("inputs", "words"), [([], ""), (["more"], "INPUT ")])
def test_the_report_says_how_a_listed_scan_is_tried_again(tmp_path, inputs, words):
    (tmp_path / "m.csv").write_text(f"path,id\n{SAMPLES / 'scans/truncated.nii.gz'},p1\n")
    inputs = [tmp_path / name for name in inputs]
    for folder in inputs:
        folder.mkdir()
    (row,) = medmask.run(inputs, tmp_path / "out", manifest=tmp_path / "m.csv", jobs=1)
    assert row.code == "truncated"
    again = f"medmask run {words}--manifest CSV OUTPUT --retry-failed --only truncated.nii.gz"
    assert again in (tmp_path / "out/report/scans/p1.html").read_text(encoding="utf-8")


def test_annotations_and_modality_are_those_of_the_command(tmp_path):
    scan = tmp_path / "in/a.nii.gz"
    scan_file(scan)
    scan_file(tmp_path / "drawn/a.nii.gz", labels=True)
    options = {"modality": "MR", "annotations": str(tmp_path / "drawn"), "jobs": 1}
    (row,) = medmask.run(scan.parent, tmp_path / "out", **options)
    assert (row.modality, row.annotations) == ("MR", 1)


@pytest.mark.parametrize("options", [{}, {"annotations": SAMPLES}])
def test_a_run_over_nothing_is_refused(tmp_path, options):
    with pytest.raises(RequestError, match="an input is needed"):
        medmask.run((), tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_what_is_not_there_is_no_attribute():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        medmask.nothing  # noqa: B018
