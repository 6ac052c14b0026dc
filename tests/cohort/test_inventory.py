import json
import shutil

import numpy as np
import pytest

from medmask.cohort.inventory import take_inventory
from medmask.errors import MissingSlices, UnevenSlices
from medmask.outcome import Status
from medmask.readers import ReadOptions, read, survey
from medmask.scan import Format
from medmask.writers import png, volume_nifti
from tests.dicom_files import multiframe_dataset, write_series, write_slice
from tests.itk_files import meta_bytes, nrrd_bytes, put
from tests.nifti_files import write_analyze
from tests.phantoms import ct_boxes, volume_of


@pytest.fixture
def mixed(tmp_path):
    root = tmp_path / "in"
    write_series(root / "ct", ct_boxes())
    (root / "head.nii.gz").write_bytes(volume_nifti(volume_of(ct_boxes())))
    film = np.random.default_rng(0).integers(0, 255, (16, 16)).astype(np.uint8)
    (root / "film.png").write_bytes(png(film))
    (root / "notes.txt").write_text("words")
    (root / "head.json").write_text(json.dumps({"Modality": "CT"}))
    (root / "broken.nii.gz").write_bytes(b"\x1f\x8b")
    (root / ".hidden.dcm").write_bytes(b"x")
    return root


def found(root, tmp_path):
    return take_inventory((root,), tmp_path / "out")


def test_every_scan_is_found_by_its_content(mixed, tmp_path):
    scans = {scan.source: scan for scan in found(mixed, tmp_path).scans}
    assert {name: scan.format for name, scan in scans.items()} == {
        "ct": Format.DICOM,
        "head.nii.gz": Format.NIFTI,
        "film.png": Format.PNG,
    }
    assert len(scans["ct"].files) == len(ct_boxes())


def test_every_other_file_has_a_row_or_is_counted(mixed, tmp_path):
    inventory = found(mixed, tmp_path)
    assert [(row.source, row.status) for row in inventory.refused] == [
        ("broken.nii.gz", Status.FAILED)
    ]
    assert dict(inventory.not_used) == {"hidden": 1, "text beside the scans": 2}
    used = sum(len(scan.files) for scan in inventory.scans) + len(inventory.refused)
    every = sum(1 for path in mixed.rglob("*") if path.is_file())
    assert used + sum(count for _, count in inventory.not_used) == every


def test_names_and_extensions_do_not_matter(mixed, tmp_path):
    for k, path in enumerate(sorted((mixed / "ct").iterdir())):
        path.rename(path.with_name(f"slice {99 - k}.txt"))
    (mixed / "film.png").rename(mixed / "film")
    assert {scan.source for scan in found(mixed, tmp_path).scans} == {"ct", "head.nii.gz", "film"}


def test_the_same_input_has_the_same_ids(mixed, tmp_path):
    first = [scan.scan_id for scan in found(mixed, tmp_path).scans]
    shutil.copytree(mixed, tmp_path / "elsewhere")
    assert [scan.scan_id for scan in found(tmp_path / "elsewhere", tmp_path).scans] == first


def test_a_data_file_belongs_to_its_header_whatever_comes_first(tmp_path):
    root = tmp_path / "in"
    voxels = ct_boxes().tobytes()
    z, y, x = ct_boxes().shape
    put(root / "a.mhd", meta_bytes(b"", "z.raw", DimSize=f"{x} {y} {z}"))
    put(root / "z.raw", voxels)
    put(root / "b.nhdr", nrrd_bytes(b"", sizes=f"{x} {y} {z}", data_file="0.dat"))
    put(root / "0.dat", voxels)
    write_analyze(root / "pair", ct_boxes())
    put(root / "other.raw", voxels)
    inventory = found(root, tmp_path)
    assert {scan.source: [path.name for path in scan.files] for scan in inventory.scans} == {
        "a.mhd": ["a.mhd", "z.raw"],
        "b.nhdr": ["b.nhdr", "0.dat"],
        "pair/a.hdr": ["a.hdr", "a.img"],
    }
    assert (inventory.refused, dict(inventory.not_used)) == ((), {"not an image": 1})


def test_a_data_file_that_looks_like_an_image_is_still_one_of_its_header(tmp_path):
    root = tmp_path / "in"
    put(root / "a.mhd", meta_bytes(b"", "b.dcm"))
    put(root / "b.dcm", bytes(300))
    put(root / "c.mhd", meta_bytes(b"", "d.png"))
    put(root / "d.png", png(np.zeros((4, 4), np.uint8)))
    inventory = found(root, tmp_path)
    assert [scan.source for scan in inventory.scans] == ["a.mhd", "c.mhd"]
    assert inventory.refused == ()


def test_a_header_without_its_data_file_has_a_row(tmp_path):
    put(tmp_path / "in" / "a.mhd", meta_bytes(b"", "gone.raw"))
    (row,) = found(tmp_path / "in", tmp_path).refused
    assert (row.source, row.format, row.code) == ("a.mhd", "meta", "not_regular_file")


def test_the_pictures_of_a_folder_are_a_stack_if_asked_for(tmp_path):
    root = tmp_path / "in"
    film = np.random.default_rng(0).integers(0, 255, (16, 16)).astype(np.uint8)
    for name in ("head/1.png", "head/2.png", "head/10.png", "foot/1.png", "head/x/1.png"):
        put(root / name, png(film))
    (root / "head.nii.gz").write_bytes(volume_nifti(volume_of(ct_boxes())))
    assert len(found(root, tmp_path).scans) == 6
    scans = take_inventory((root,), tmp_path / "out", ReadOptions(stacks=True)).scans
    assert {scan.source: len(scan.files) for scan in scans} == {
        "foot/1.png": 1,
        "head": 3,
        "head.nii.gz": 1,
        "head/x/1.png": 1,
    }
    assert len({scan.scan_id for scan in scans}) == 4


def test_stacks_of_one_multi_frame_file_are_scans_of_their_own(tmp_path):
    voxels = np.arange(4 * 4 * 5, dtype=np.int16).reshape(4, 4, 5)
    frames = [{"z": 2.5 * (k // 2), "stack": str(k % 2)} for k in range(4)]
    path = write_slice(tmp_path / "in/m.dcm", multiframe_dataset(voxels, frames))
    scans = take_inventory((tmp_path / "in",), tmp_path / "out").scans
    assert [scan.part for scan in scans] == ["stack-1", "stack-2"]
    assert len({scan.scan_id for scan in scans}) == 2
    assert all(scan.files == (path,) for scan in scans)
    for k, scan in enumerate(scans):
        np.testing.assert_array_equal(read(scan).voxels, voxels[k::2])
        assert survey(scan, ReadOptions()).grid.shape == (2, 4, 5)


def test_a_mask_beside_its_slice_is_no_slice(tmp_path):
    root = tmp_path / "in"
    film = np.random.default_rng(0).integers(0, 255, (16, 16)).astype(np.uint8)
    for name in ("im1.png", "im1_mask.png", "im2.png", "im2_mask.png"):
        put(root / name, png(film))
    scans = take_inventory((root,), tmp_path / "out", ReadOptions(stacks=True)).scans
    assert {scan.source: [path.name for path in scan.files] for scan in scans} == {
        ".": ["im1.png", "im2.png"]
    }


@pytest.mark.parametrize("name", ["empty.dcm", "empty.DICOM", "empty.png"])
def test_only_a_gap_beside_an_empty_slice_is_not_bridged(tmp_path, name):
    root = tmp_path / "in"
    write_series(root, ct_boxes(), leave_out=(5,))
    (root / name).touch()
    found = take_inventory((root,), tmp_path / "out")
    assert [row.source for row in found.refused] == [name]
    (scan,) = found.scans
    if name == "empty.png":
        assert read(scan).grid.shape == ct_boxes().shape
    else:
        with pytest.raises(UnevenSlices):
            read(scan)


def test_a_stack_with_a_gap_beside_a_picture_that_cannot_be_read_is_refused(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 255, (16, 16)).astype(np.uint8)
    for number in (1, 2, 3, 4):
        (tmp_path / f"s{number}.png").write_bytes(png(pixels))
    (tmp_path / "s3.png").write_bytes(b"")
    stacks = ReadOptions(stacks=True)
    found = take_inventory((tmp_path,), reading=stacks)
    (scan,) = found.scans
    assert [warning.code for warning in scan.warnings] == ["damaged_file_beside"]
    assert [row.code for row in found.refused] == ["truncated"]
    with pytest.raises(MissingSlices, match=r"s4\.png follows s2\.png"):
        read(scan, stacks)
