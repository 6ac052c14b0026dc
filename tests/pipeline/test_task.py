import gzip
import hashlib
import json

import nibabel as nib
import numpy as np
import pytest

from medmask.errors import Truncated
from medmask.labels import Label
from medmask.pipeline import ConvertScan, MaskScan
from medmask.readers import ReadOptions
from medmask.recipe import RecipeChoice, loads
from medmask.scan import Format, Scan
from medmask.thresholds import STRATEGIES
from tests.dicom_files import lut_item, slice_dataset, write_slice
from tests.phantoms import BOX_BODY, BOX_BONE, ct_boxes

PLAIN = RecipeChoice.always(loads("", "plain.yaml"))


def masked(scan, tmp_path, recipes=PLAIN):
    return MaskScan(recipes, ReadOptions(), tmp_path / "out")(scan)


def test_the_row_holds_what_can_be_counted_by_hand(ct, tmp_path):
    row = masked(ct, tmp_path).outcome
    assert (row.columns, row.rows, row.slices) == (48, 40, 12)
    assert (row.spacing_x_mm, row.spacing_y_mm, row.spacing_z_mm) == pytest.approx((0.7, 0.8, 2.5))
    assert (row.native_min, row.native_max) == (-1000, 700)
    assert (row.soft_voxels, row.bone_voxels) == (BOX_BODY - BOX_BONE, BOX_BONE)
    assert row.bone_ml == pytest.approx(BOX_BONE * 0.7 * 0.8 * 2.5 / 1000)
    assert (row.soft_level, row.bone_level, row.soft_native, row.bone_native) == (32, 64, -190, 226)


def test_the_label_map_lies_on_the_scans_own_grid(ct, tmp_path):
    row = masked(ct, tmp_path).outcome
    labels = nib.load(tmp_path / "out" / row.labels)
    source = nib.load(ct.files[0])
    assert np.allclose(labels.affine, source.affine)
    wanted = np.where(ct_boxes() > 226, 2, ct_boxes() > -190).T
    assert (np.asarray(labels.dataobj) == wanted).all()


def test_outputs_are_listed_with_their_digests(ct, tmp_path):
    finished = masked(ct, tmp_path)
    names = {name for name, _ in finished.outputs}
    sheets = [f"{p}{m}.webp" for p in ("axial", "coronal", "sagittal") for m in ("", "-masks-1")]
    review = [f"review/{name}" for name in ("thumb.webp", *sheets)]
    wanted = ("histogram.png", "labels.nii.gz", "overlay.png", "scan.json", *review)
    assert names == {f"scans/a-1/{n}" for n in wanted}
    for name, digest in finished.outputs:
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == digest


def test_the_account_holds_what_the_contract_asks_for(ct, tmp_path):
    masked(ct, tmp_path)
    account = json.loads((tmp_path / "out" / "scans" / "a-1" / "scan.json").read_text())
    assert account["grid"]["shape"] == [12, 40, 48]
    assert account["grid"]["spacing_mm"] == pytest.approx([2.5, 0.8, 0.7])
    assert account["scale"] == {
        "kind": "linear", "slope": 13, "intercept": -606, "unit": "HU", "polarity": "normal",
        "padding": account["scale"]["padding"],
    }  # fmt: skip
    bone = account["thresholds"]["bone"]
    assert (bone["strategy"], bone["level"], bone["native"], bone["fallback"]) == (
        "fixed",
        64,
        226,
        None,
    )
    assert set(bone["candidates"]) == set(STRATEGIES)
    assert account["figures"]["bone"]["voxels"] == BOX_BONE
    assert account["provenance"]["medmask"]
    assert set(account["provenance"]["seconds"]) == {
        "read",
        "digest",
        "segment",
        "annotate",
        "draw",
        "review",
        "agree",
        "write",
    }


def test_a_flat_scan_gets_its_labels_as_a_picture_too(film, tmp_path):
    masked(film, tmp_path)
    folder = tmp_path / "out" / "scans" / "f-1"
    assert (folder / "labels.png").is_file()
    assert nib.load(folder / "labels.nii.gz").header["sform_code"] == 0


def test_masks_and_the_masked_image_are_written_on_demand(ct, tmp_path):
    recipes = RecipeChoice.always(loads("outputs: {masks: true, masked_image: true}", "a.yaml"))
    masked(ct, tmp_path, recipes)
    folder = tmp_path / "out" / "scans" / "a-1"
    bone = np.asarray(nib.load(folder / "bone.nii.gz").dataobj)
    soft = np.asarray(nib.load(folder / "soft_tissue.nii.gz").dataobj)
    kept = np.asarray(nib.load(folder / "masked_bone.nii.gz").dataobj)
    assert (bone.sum(), soft.sum()) == (BOX_BONE, BOX_BODY - BOX_BONE)
    assert (kept == np.where(ct_boxes() > 226, 700, -1000).T).all()


def test_what_an_earlier_try_left_is_gone(ct, tmp_path):
    folder = tmp_path / "out" / "scans" / "a-1"
    folder.mkdir(parents=True)
    (folder / "bone.nii.gz").write_bytes(b"stale")
    masked(ct, tmp_path)
    assert not (folder / "bone.nii.gz").exists()


def test_a_scan_that_fails_leaves_no_files(ct, tmp_path):
    path = ct.files[0]
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(Truncated):
        masked(ct, tmp_path)
    assert not (tmp_path / "out" / "scans" / "a-1").exists()


def test_the_same_scan_gives_the_same_masks_and_pictures(ct, tmp_path):
    one, two = (dict(masked(ct, tmp_path / name).outputs) for name in ("1", "2"))
    for name in ("scans/a-1/labels.nii.gz", "scans/a-1/overlay.png"):
        assert one[name] == two[name]


def test_a_conversion_keeps_every_native_value(ct, tmp_path):
    row = ConvertScan(PLAIN, ReadOptions(), tmp_path / "out")(ct).outcome
    image = nib.load(tmp_path / "out" / row.labels)
    assert row.labels.endswith("image.nii.gz")
    assert (np.asarray(image.dataobj) == ct_boxes().T).all()
    assert np.allclose(image.affine, nib.load(ct.files[0]).affine)


def test_a_conversion_to_levels_is_on_the_declared_scale(ct, tmp_path):
    row = ConvertScan(PLAIN, ReadOptions(), tmp_path / "out", levels=True)(ct).outcome
    content = gzip.decompress((tmp_path / "out" / row.labels).read_bytes())
    levels = np.asarray(nib.Nifti1Image.from_bytes(content).dataobj)
    assert levels == pytest.approx((ct_boxes().T + 606) / 13, abs=1e-4)
    assert row.scale == "linear"


def test_labels_hold_no_other_value(film, tmp_path):
    row = masked(film, tmp_path).outcome
    values = set(np.unique(nib.load(tmp_path / "out" / row.labels).dataobj))
    assert values <= {int(label) for label in Label}


def test_a_film_shown_by_a_table_is_masked_above_its_levels(tmp_path):
    pixels = np.arange(256, dtype=np.uint16).reshape(16, 16)
    names = ("ImagePositionPatient", "ImageOrientationPatient", "slope", "intercept")
    dataset = slice_dataset(pixels, Modality="DX", **dict.fromkeys(names))
    entries = [min(value**2 // 255, 255) for value in range(256)]
    dataset.VOILUTSequence = [lut_item(entries, 0, 8, signed=False)]
    path = write_slice(tmp_path / "film.dcm", dataset)
    row = masked(Scan("d-1", "d-1", "film.dcm", Format.DICOM, (path,)), tmp_path).outcome
    shown = np.array(entries)
    assert row.soft_voxels + row.bone_voxels == np.count_nonzero(shown > 32)
    assert row.bone_voxels == np.count_nonzero(shown > 64)
    account = json.loads((tmp_path / "out/scans/d-1/scan.json").read_text())
    assert account["scale"]["knots"][-1] == [255, 255]
