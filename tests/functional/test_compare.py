import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from medmask.cli.app import app
from tests.nifti_files import RAS, write_nifti

SHAPE = (6, 10, 8)
VOXEL_ML = 2.5 * 0.8 * 0.7 / 1000


def two_boxes(shape=SHAPE):
    labels = np.zeros(shape, np.uint8)
    labels[1:4, 2:6, 1:5] = 1
    labels[1:4, 2:6, 5:7] = 2
    return labels


def compare(*words):
    """Run the command in this process, as starting another one takes longer than all it does."""
    return CliRunner().invoke(app, ["compare", *map(str, words)])


def compared(*words):
    done = compare(*words, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_label_maps_are_compared_label_by_label(tmp_path):
    ours = write_nifti(tmp_path / "a.nii.gz", two_boxes())
    other = two_boxes()
    other[1:4, 2:6, 6] = 3
    told = compared(ours, write_nifti(tmp_path / "b.nii", other))
    dice = {one["label"]: one["dice"] for one in told["labels"]}
    assert dice == {1: 1.0, 2: pytest.approx(2 * 12 / (24 + 12)), 3: 0.0}
    two = told["labels"][1]
    assert two["volume_ml"] == pytest.approx(24 * VOXEL_ML)
    assert two["difference_ml"] == pytest.approx(12 * VOXEL_ML)
    assert told["labels"][2]["hd95_mm"] is None


def test_masks_are_compared_whatever_stands_for_yes(tmp_path):
    mask = two_boxes() == 1
    ours = write_nifti(tmp_path / "mask.nii", mask.astype(np.uint8))
    theirs = write_nifti(tmp_path / "ref.nii", mask * np.float32(255))
    (one,) = compared(ours, theirs)["labels"]
    assert (one["label"], one["dice"], one["hd95_mm"]) == (None, 1.0, 0.0)


def test_one_label_of_a_map_is_compared_with_a_mask(tmp_path):
    ours = write_nifti(tmp_path / "labels.nii", two_boxes())
    theirs = write_nifti(tmp_path / "bone.nii", (two_boxes() > 1).astype(np.uint8))
    (one,) = compared(ours, theirs, "--label", "2")["labels"]
    assert (one["name"], one["dice"]) == ("2 against mask", 1.0)
    (one,) = compared(ours, ours, "--label", "1-2", "--reference-label", "2")["labels"]
    assert one["dice"] == pytest.approx(2 * 24 / (72 + 24))


def test_arrays_that_run_another_way_through_the_same_voxels_are_put_in_order(tmp_path):
    ours = write_nifti(tmp_path / "a.nii", two_boxes())
    turned = RAS.copy()
    turned[:, 3] += turned[:, 2] * (SHAPE[0] - 1)
    turned[:, 2] *= -1
    theirs = write_nifti(tmp_path / "b.nii", two_boxes()[::-1], affine=turned)
    told = compared(ours, theirs)
    assert told["reordered"]
    assert [one["dice"] for one in told["labels"]] == [1.0, 1.0]


def test_another_grid_is_refused_with_what_differs(tmp_path):
    ours = write_nifti(tmp_path / "a.nii", two_boxes())
    theirs = write_nifti(tmp_path / "b.nii", two_boxes()[:5])
    done = compare(ours, theirs)
    assert done.exit_code == 2
    assert "a.nii and b.nii lie on different grids: shape 6 x 10 x 8 against 5 x" in done.stderr


def test_a_scan_is_no_mask(tmp_path):
    scan = write_nifti(tmp_path / "scan.nii", two_boxes().astype(np.int16) - 1000)
    done = compare(scan, scan)
    assert done.exit_code == 2
    assert "values down to -1000; accepted: a mask, or a label map" in done.stderr


def test_a_label_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    ours = write_nifti(tmp_path / "a.nii", two_boxes())
    done = compare(ours, ours, "--label", "7")
    assert done.exit_code == 2
    assert "no label 7 in the label map; accepted: 1, 2" in done.stderr


def test_pictures_have_voxels_but_no_millimetres(tmp_path):
    for name, yes in (("a.png", 255), ("b.png", 1)):
        Image.fromarray(((two_boxes()[2] > 0) * yes).astype(np.uint8)).save(tmp_path / name)
    done = compare(tmp_path / "a.png", tmp_path / "b.png")
    assert done.exit_code == 0
    assert "matched by shape alone" in done.stdout
    assert done.stdout.splitlines()[2].split() == ["mask", *"---", "1.0000", *"---"]


def test_people_see_a_line_for_each_label(tmp_path):
    ours = write_nifti(tmp_path / "a.nii", two_boxes())
    (tmp_path / "scan.json").write_text("{}")
    labels = write_nifti(tmp_path / "labels.nii", two_boxes())
    lines = compare(labels, ours).stdout.splitlines()
    assert [line.split("  ")[0] for line in lines[1:3]] == ["soft tissue", "bone"]
    assert lines[-1] == "surface dice within 2 mm"


def test_labels_have_the_names_of_the_table_beside_them(tmp_path):
    ours = write_nifti(tmp_path / "a.nii", two_boxes())
    theirs = write_nifti(tmp_path / "ref_dseg.nii", two_boxes())
    (tmp_path / "ref_dseg.tsv").write_text("index\tname\n1\tLeft femur of somebody\n2\tTibia\n")
    told = compared(ours, theirs)
    assert [one["name"] for one in told["labels"]] == ["Left femur of somebody", "Tibia"]
