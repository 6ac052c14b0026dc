"""Every format on its way through a run."""

import csv
import json

import numpy as np
import pytest
import SimpleITK as sitk

from medmask.writers import png
from tests.functional.commands import medmask
from tests.nifti_files import write_analyze, write_nifti
from tests.phantoms import ct_boxes

RECIPE = """\
name: stacks
input: {stacks: true, spacing_mm: [2.5, 0.8, 0.7], time_series: first}
"""


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "in"
    (root / "films").mkdir(parents=True)
    voxels = ct_boxes()
    image = sitk.GetImageFromArray(voxels)
    image.SetSpacing((0.7, 0.8, 2.5))
    sitk.WriteImage(image, root / "a.mhd", useCompression=True)
    sitk.WriteImage(image, root / "b.nrrd", useCompression=True)
    write_analyze(root / "pair", voxels)
    slices, rows, columns = voxels.shape
    dim = (40, "5h", (4, columns, rows, slices // 2, 2))
    write_nifti(root / "series.nii", voxels, patches=(dim,))
    for k, slab in enumerate(voxels):
        grey = np.clip((slab + 606) // 13, 0, 255).astype(np.uint8)
        (root / "films" / f"{k}.png").write_bytes(png(grey))
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    return tmp_path


def test_inspect_sees_stacks_and_series_as_the_recipe_does(folder):
    done = medmask("inspect", folder / "in", "--recipe", folder / "recipe.yaml", "--json")
    assert done.returncode == 0, done.stderr
    lines = {line["source"]: line for line in json.loads(done.stdout)["scans"]}
    slices = len(ct_boxes())
    assert {name: line["files"] for name, line in lines.items()} == {
        "a.mhd": 2,
        "b.nrrd": 1,
        "films": slices,
        "pair/a.hdr": 2,
        "series.nii": 1,
    }
    assert {line["verdict"] for line in lines.values()} == {"ok"}
    assert lines["films"]["size"].endswith(f"x {slices}")
    assert "first of 2 volumes" in lines["series.nii"]["message"]
    plain = json.loads(medmask("inspect", folder / "in", "--json").stdout)["scans"]
    assert len(plain) == len(lines) - 1 + slices


def test_formats_detached_headers_stacks_and_series_are_masked_alike(folder):
    done = medmask("run", folder / "in", folder / "out", "--recipe", folder / "recipe.yaml", "-q")
    assert done.returncode == 0, done.stderr
    with (folder / "out" / "scans.csv").open(newline="") as file:
        rows = {row["source"]: row for row in csv.DictReader(file)}
    assert {name: row["format"] for name, row in rows.items()} == {
        "a.mhd": "meta",
        "b.nrrd": "nrrd",
        "films": "png",
        "pair/a.hdr": "analyze",
        "series.nii": "nifti",
    }
    whole = [rows[name] for name in ("a.mhd", "b.nrrd", "pair/a.hdr")]
    assert {row["bone_voxels"] for row in whole} == {whole[0]["bone_voxels"]}
    assert int(whole[0]["bone_voxels"]) > 0
    assert float(rows["films"]["spacing_z_mm"]) == 2.5
    assert int(rows["films"]["slices"]) == len(ct_boxes())
    assert int(rows["series.nii"]["slices"]) == len(ct_boxes()) // 2
    assert "first_of_series" in rows["series.nii"]["warnings"]
