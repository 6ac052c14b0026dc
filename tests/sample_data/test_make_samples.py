import gzip
import struct
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
import pytest
from PIL import Image
from scipy import ndimage

SAMPLES = Path(__file__).parents[2] / "sample_data"
AIR_HU, COMPACT_HU = -1000, 900


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("samples")
    subprocess.run([sys.executable, SAMPLES / "make_samples.py", out], check=True)
    return out


def files_below(folder):
    return sorted(
        str(path.relative_to(folder))
        for sub in ("scans", "truth")
        for path in (folder / sub).rglob("*")
        if path.is_file()
    )


def series(folder):
    slices = [pydicom.dcmread(path) for path in folder.iterdir()]
    return sorted(slices, key=lambda one: one.ImagePositionPatient[2])


def nifti(name):
    image = nib.load(SAMPLES / name)
    return np.asarray(image.dataobj), image.affine


def dice(mask, truth):
    return 2 * np.count_nonzero(mask & truth) / (mask.sum() + truth.sum())


def test_the_script_makes_the_committed_files_and_no_others(made):
    assert files_below(made) == files_below(SAMPLES)


def test_pictures_are_remade_pixel_for_pixel(made):
    for name in files_below(made):
        if name.endswith(".png"):
            again, committed = (
                np.array(Image.open(made / name)),
                np.array(Image.open(SAMPLES / name)),
            )
            assert again.dtype == committed.dtype, name
            assert np.array_equal(again, committed), name


def test_instances_are_remade_attribute_for_attribute(made):
    folder = "scans/ct-thorax-like"
    for path in (made / folder).iterdir():
        assert path.read_bytes() == (SAMPLES / folder / path.name).read_bytes()


def test_nifti_files_are_remade_header_and_voxels(made):
    for name in files_below(made):
        if name.endswith(".nii.gz") and "truncated" not in name:
            again = gzip.decompress((made / name).read_bytes())
            assert again == gzip.decompress((SAMPLES / name).read_bytes()), name


def test_all_of_it_is_under_6_mb():
    assert sum((SAMPLES / name).stat().st_size for name in files_below(SAMPLES)) < 6_000_000


def test_the_truncated_file_ends_early():
    with pytest.raises(EOFError):
        gzip.decompress((SAMPLES / "scans/truncated.nii.gz").read_bytes())


def test_plain_thresholds_of_the_hand_film_are_near_its_truth():
    film = np.array(Image.open(SAMPLES / "scans/hand-xray.png"))
    truth = np.array(Image.open(SAMPLES / "truth/hand-xray.png"))
    assert (film.dtype, film.shape) == (np.uint8, (640, 512))
    assert np.unique(truth).tolist() == [0, 1, 2]
    assert dice(film > 64, truth == 2) > 0.97
    assert dice((film > 32) & (film <= 64), truth == 1) > 0.97


def test_the_16_bit_twin_holds_12_bits_and_says_so():
    path = SAMPLES / "scans/hand-xray-16bit.png"
    film = np.array(Image.open(path))
    content = path.read_bytes()
    at = content.index(b"sBIT")
    assert content[at - 4 : at + 5] == struct.pack(">I4sB", 1, b"sBIT", 12)
    assert film.dtype == np.uint16
    assert 255 < film.max() <= 4095
    eight = np.array(Image.open(SAMPLES / "scans/hand-xray.png"))
    assert np.abs(film * (255 / 4095) - eight).max() <= 0.54  # two roundings


def test_the_annotation_is_transparent_but_for_ring_and_arrow():
    marks = np.array(Image.open(SAMPLES / "scans/hand-xray_annotation.png"))
    assert marks.shape == (640, 512, 4)
    assert set(np.unique(marks[..., 3])) == {0, 255}
    assert 0.002 < (marks[..., 3] > 0).mean() < 0.02
    assert len(np.unique(marks[marks[..., 3] > 0], axis=0)) == 2


def test_file_names_do_not_follow_the_slices():
    folder = SAMPLES / "scans/ct-thorax-like"
    by_name = [
        float(pydicom.dcmread(p, stop_before_pixels=True).ImagePositionPatient[2])
        for p in sorted(folder.iterdir())
    ]
    assert len(by_name) == 48
    assert by_name != sorted(by_name)
    assert by_name != sorted(by_name, reverse=True)
    assert np.allclose(np.diff(sorted(by_name)), 3.0)


def test_the_series_holds_hounsfield_units_and_the_twin_the_same_at_the_same_place():
    slices = series(SAMPLES / "scans/ct-thorax-like")
    hounsfield = np.stack([one.pixel_array + int(one.RescaleIntercept) for one in slices])
    assert slices[0].PixelPaddingValue + slices[0].RescaleIntercept == hounsfield.min() == -2000
    assert (hounsfield == AIR_HU).any()
    voxels, affine = nifti("scans/ct-thorax-like.nii.gz")
    assert voxels.shape == (48, 256, 256)
    k, j, i = np.argwhere(hounsfield == COMPACT_HU)[::97].T
    x, y, z = slices[0].ImagePositionPatient
    world_ras = np.stack([-(x + 1.5 * i), -(y + 1.5 * j), z + 3.0 * k, np.ones(i.size)])
    index = np.linalg.inv(affine) @ world_ras
    assert np.allclose(index, np.rint(index), atol=1e-3)
    a, b, c, _ = np.rint(index).astype(int)
    assert np.array_equal(voxels[a, b, c], hounsfield[k, j, i])
    assert np.array_equal(
        np.unique(voxels, return_counts=True), np.unique(hounsfield, return_counts=True)
    )


def test_the_two_truths_of_the_ct_are_one_volume():
    first = nib.as_closest_canonical(
        nib.load(SAMPLES / "truth/ct-thorax-like_on-dicom-grid.nii.gz")
    )
    other = nib.as_closest_canonical(
        nib.load(SAMPLES / "truth/ct-thorax-like_on-nifti-grid.nii.gz")
    )
    assert np.allclose(first.affine, other.affine, atol=1e-3)
    assert np.array_equal(first.dataobj, other.dataobj)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_filling_slices_of_compact_bone_gives_the_true_bone_along_every_axis(axis):
    voxels, _ = nifti("scans/ct-thorax-like.nii.gz")
    truth = np.asarray(nib.load(SAMPLES / "truth/ct-thorax-like_on-nifti-grid.nii.gz").dataobj)
    shells = np.moveaxis(voxels == COMPACT_HU, axis, 0)
    filled = np.stack([ndimage.binary_fill_holes(one) for one in shells])
    assert np.array_equal(filled, np.moveaxis(truth == 2, axis, 0))


def test_no_bone_is_under_1000_mm3():
    truth, _ = nifti("truth/ct-thorax-like_on-dicom-grid.nii.gz")
    labels, count = ndimage.label(truth == 2, np.ones((3, 3, 3)))
    assert count == 17
    assert np.bincount(labels.ravel())[1:].min() * 1.5 * 1.5 * 3 > 1000


def test_the_table_is_as_dense_as_bone_and_apart_from_the_body():
    voxels, _ = nifti("scans/ct-thorax-like.nii.gz")
    truth, _ = nifti("truth/ct-thorax-like_on-nifti-grid.nii.gz")
    table = (voxels > 226) & (truth == 0)
    assert table.sum() > 10_000
    near = ndimage.distance_transform_edt(truth == 0, sampling=(3.0, 1.5, 1.5))
    assert 3.0 < near[table].min() < 10.0


def test_the_head_stands_out_of_its_noise():
    voxels, _ = nifti("scans/mr-head-like_T1w.nii.gz")
    truth, _ = nifti("truth/mr-head-like_T1w.nii.gz")
    assert voxels.dtype == np.uint16
    assert np.unique(truth).tolist() == [0, 1]
    assert voxels[truth == 0].max() < 130
    skull_filled = ndimage.binary_fill_holes(voxels > 130)
    assert dice(skull_filled, truth == 1) > 0.99
