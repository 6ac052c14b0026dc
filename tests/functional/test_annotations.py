import csv
import json
import re

import nibabel
import numpy as np
import pytest

from medmask.recipe import loads
from tests.functional.commands import ROOT, medmask
from tests.phantoms import ct_boxes

AFFINE = np.diag([-0.7, -0.8, 2.5, 1.0])
PAGE = (ROOT / "docs/annotations.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    root = tmp_path_factory.mktemp("cohort")
    for name, voxels in (("in/x.nii.gz", ct_boxes()), ("drawn/1.nii.gz", ct_boxes() > 226)):
        (root / name).parent.mkdir()
        nibabel.save(nibabel.Nifti1Image(voxels.T.astype(np.int16), AFFINE), root / name)
    (root / "pairs.csv").write_text("scan,annotation,name\nx.nii.gz,drawn/1.nii.gz,=rod\n")
    words = ("--modality", "CT", "--annotations", root / "pairs.csv", "-q", "--no-report")
    return root, medmask("run", root / "in", root / "out", *words), words


def row_of(root):
    with (root / "out/scans.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    return row


def test_a_table_of_pairs_annotates_a_scan(cohort):
    root, done, _ = cohort
    assert done.returncode == 0, done.stderr
    row = row_of(root)
    assert (row["status"], row["annotations"]) == ("done", "1")
    assert (root / "out/scans" / row["scan_id"] / "annotations/1-rod.nii.gz").is_file()


def test_a_changed_annotation_is_worked_on_again_and_nothing_else_is(cohort):
    root, _, words = cohort
    assert "0 worked on" in medmask("run", root / "in", root / "out", *words).stdout
    changed = nibabel.Nifti1Image((ct_boxes() > -500).T.astype(np.int16), AFFINE)
    nibabel.save(changed, root / "drawn/1.nii.gz")
    assert "1 worked on" in medmask("run", root / "in", root / "out", *words).stdout


def test_annotations_that_are_not_there_start_nothing(tmp_path, cohort):
    root, _, _ = cohort
    done = medmask("run", root / "in", tmp_path / "out", "--annotations", tmp_path / "no.csv")
    assert done.returncode == 2
    assert "neither a folder nor a table" in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_recipe_on_the_page_is_understood():
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert "{stem}_{mark}*" in loads(text, "page.yaml").input.build().annotations


def test_inspect_says_what_was_drawn_on_a_scan_and_how_it_is_told():
    done = medmask("inspect", ROOT / "sample_data/scans", "--json")
    lines = {line["source"]: line for line in json.loads(done.stdout)["scans"]}
    (said,) = lines["hand-xray.png"]["annotations"]
    assert said == "hand-xray_annotation.png (by the pattern {stem}_{mark}*)"
    assert lines["hand-xray-16bit.png"]["annotations"] == []
