import json

import nibabel
import numpy as np

from medmask.cohort import take_inventory
from medmask.pipeline import MaskScan
from medmask.pipeline.annotation_account import file_name
from medmask.pipeline.digest import scan_sha256
from medmask.readers import ReadOptions
from medmask.recipe import Recipe, RecipeChoice
from tests.phantoms import ct_boxes

AFFINE = np.diag([-0.7, -0.8, 2.5, 1.0])


def save(path, voxels, affine=AFFINE):
    path.parent.mkdir(parents=True, exist_ok=True)
    nibabel.save(nibabel.Nifti1Image(voxels.T, affine), path)
    return path


def bone_box():
    return (ct_boxes() > 226).astype(np.uint8)


def masked(root, out):
    (scan,) = take_inventory((root,)).scans
    task = MaskScan(RecipeChoice.always(Recipe()), ReadOptions(modality="CT"), out)
    row = task(scan).outcome
    return row, json.loads((out / "scans" / row.scan_id / "scan.json").read_text())


def test_an_annotation_is_written_on_the_scans_grid_and_held_against_our_masks(tmp_path):
    save(tmp_path / "in/a.nii.gz", ct_boxes())
    save(tmp_path / "in/a_mask_bone.nii.gz", bone_box())
    row, account = masked(tmp_path / "in", tmp_path / "out")
    (said,) = account["annotations"]
    assert row.annotations == 1
    assert row.message == ""
    assert (said["name"], said["file"]) == ("bone", "annotations/1-bone.nii.gz")
    assert said["voxels"] == bone_box().sum()
    assert said["dice_bone"] == 1
    assert said["agreement_bone"]["hd95_mm"] == 0
    assert said["verdict"]["fit"] == "identical"
    written = nibabel.load(tmp_path / "out/scans" / row.scan_id / said["file"])
    np.testing.assert_array_equal(np.asarray(written.dataobj).T, bone_box())
    np.testing.assert_allclose(written.affine, AFFINE)
    assert f"annotations/1-{file_name('bone')}.nii.gz" in account["outputs"]


def test_a_bad_annotation_costs_itself_and_not_the_scan(tmp_path):
    save(tmp_path / "in/a.nii.gz", ct_boxes())
    away = AFFINE.copy()
    away[:3, 3] = 900
    save(tmp_path / "in/a_seg.nii.gz", bone_box(), away)
    (tmp_path / "in/a_mask.nii.gz").write_bytes(b"\x1f\x8b nothing")
    row, account = masked(tmp_path / "in", tmp_path / "out")
    assert row.status == "done"
    assert row.annotations == 0
    assert "annotation_refused" in row.warnings
    assert "a_seg.nii.gz: nothing of it lies inside the scan" in row.message
    refused = {one["source"]: one["verdict"]["fit"] for one in account["annotations"]}
    assert refused["a_seg.nii.gz"] == "no_overlap"


def test_an_annotation_on_another_grid_is_a_warning_with_its_change_of_volume(tmp_path):
    save(tmp_path / "in/a.nii.gz", ct_boxes())
    coarse = AFFINE @ np.diag([2, 2, 1, 1.0])
    coarse[:2, 3] = AFFINE[:2, :2].diagonal() / 2
    save(tmp_path / "in/a_seg.nii.gz", bone_box()[:, ::2, ::2].copy(), coarse)
    row, account = masked(tmp_path / "in", tmp_path / "out")
    assert "annotation_resampled" in row.warnings
    (warning,) = (one for one in account["warnings"] if one["code"] == "annotation_resampled")
    assert "its volume changed by" in warning["message"]


def test_a_changed_annotation_changes_what_resume_goes_by(tmp_path):
    save(tmp_path / "a.nii.gz", ct_boxes())
    alone = scan_sha256(take_inventory((tmp_path,)).scans[0])
    save(tmp_path / "a_seg.nii.gz", bone_box())
    drawn = scan_sha256(take_inventory((tmp_path,)).scans[0])
    save(tmp_path / "a_seg.nii.gz", bone_box() * 2)
    redrawn = scan_sha256(take_inventory((tmp_path,)).scans[0])
    (tmp_path / "a_seg.nii.gz").rename(tmp_path / "a_seg_2.nii.gz")
    renamed = scan_sha256(take_inventory((tmp_path,)).scans[0])
    assert len({alone, drawn, redrawn, renamed}) == 4
