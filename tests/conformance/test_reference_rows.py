"""Rows of the case list that no other file here holds, one test for each answer."""

from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pytest
from pydicom import dcmread
from scipy.ndimage import map_coordinates

from medmask.errors import DuplicatePositions
from medmask.readers import ReadOptions, group, read, read_header, sniff
from medmask.readers.dicom.frame import check_frame
from medmask.readers.dicom.pixels import read_frame
from medmask.scan import Format, Scan

DATA = Path(__file__).parents[2] / "../shared/data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent")
MOSAICS = DATA / "mr-12bit-garbage-high-bits"
TOTALSEG = DATA / "ct-bone-labels-totalseg"
BONES = [*range(25, 51), *range(69, 79), 91, *range(92, 117)]  # of the label map's classes


def volume_of(*files, modality="auto"):
    scan = Scan("a", "a", "a", sniff(files[0]), tuple(files))
    return read(scan, ReadOptions(modality=modality))


def series_in(folder):
    paths = [p for p in sorted(folder.rglob("*")) if p.is_file() and sniff(p) is Format.DICOM]
    (series,) = group(map(read_header, paths))
    return volume_of(*series.files)


def hounsfield(volume):
    return volume.rescale.native(volume.voxels)


@pytest.mark.parametrize(
    ("syntax", "mean", "most"), [("50", 20, None), ("51", 4, 36), ("53", 4, 36), ("55", 4, 36)]
)
def test_lossy_encodings_stay_within_the_stated_loss(syntax, mean, most):
    folder = DATA / "ct-transfer-syntaxes"
    (path,) = folder.glob(f"*_1.2.840.10008.1.2.4.{syntax}.dcm")
    plain = volume_of(folder / "CTImage.dcm")
    error = np.abs(hounsfield(volume_of(path)) - hounsfield(plain))
    assert error.mean() < mean
    assert most is None or error.max() <= most


def test_lossless_encodings_of_one_instance_are_copies_of_it():
    folder = DATA / "ct-transfer-syntaxes"
    numbers = ("1.2.2", "1.2.1.99", "1.2.5", "1.2.4.57", "1.2.4.70", "1.2.4.80", "1.2.4.90")
    files = [next(folder.glob(f"*_1.2.840.10008.{number}.dcm")) for number in numbers]
    volume, plain = volume_of(*files), volume_of(folder / "CTImage.dcm")
    np.testing.assert_array_equal(volume.voxels, plain.voxels)
    assert "6 equal copies were left out" in volume.warnings[0].message


def test_a_lossy_encoding_beside_its_original_is_refused():
    folder = DATA / "ct-transfer-syntaxes"
    (lossy,) = folder.glob("*_1.2.840.10008.1.2.4.91.dcm")
    with pytest.raises(DuplicatePositions, match=r"a second slice at 4\.70 mm"):
        volume_of(folder / "CTImage.dcm", lossy)


def test_padding_of_the_encoded_slice_is_outside():
    plain = volume_of(DATA / "ct-transfer-syntaxes/CTImage.dcm")
    assert plain.voxels.min() == -2000
    np.testing.assert_array_equal(plain.valid(plain.voxels), plain.voxels != -2000)


def test_a_tilted_head_leans_as_the_volume_that_dcm2niix_straightened():
    folder = DATA / "ct-gantry-tilt-plus16"
    volume = series_in(folder / "dicom")
    twin = nibabel.load(folder / "ref-dcm2niix/301_Tilt_1.nii.gz")
    values, inverse = np.asarray(twin.dataobj), np.linalg.inv(volume.grid.affine)
    i, j = np.mgrid[20:490:5, 20:500:5]
    shifts = []
    for k in range(6):  # their first slice lies elsewhere along the normal; rows and columns agree
        ras = nibabel.affines.apply_affine(twin.affine, np.stack([i, j, np.full(i.shape, k)], -1))
        _, row, column = np.moveaxis(
            (ras * [-1, -1, 1]) @ inverse[:3, :3].T + inverse[:3, 3], -1, 0
        )
        errors = {}
        for shift in np.arange(-4, 4.1, 0.25):
            ours = map_coordinates(hounsfield(volume)[k], [row + shift, column], order=1)
            errors[np.abs(ours - values[i, j, k]).mean()] = shift
        shifts.append(errors[min(errors)])
        assert min(errors) < 0.5
    # without the shear each slice would be 1.8 rows further off than the one before
    np.testing.assert_allclose(shifts, [-0.25] * 6)  # theirs is moved by whole rows first


def test_a_rescale_of_each_slice_gives_the_field_map_of_the_reference():
    folder = DATA / "per-slice-rescale-nonsquare"
    volume = series_in(folder / "002_non_isotropic")
    twin = nibabel.load(folder / "002_non_isotropic_ground_truth.nii.gz")
    values = np.asarray(twin.dataobj)
    ours = volume.voxels.transpose(2, 1, 0)
    flips = [slice(None, None, step) for step in (1, -1)]
    assert any(
        np.allclose(ours[a, b, c], values, rtol=1e-4, atol=1e-3)
        for a in flips
        for b in flips
        for c in flips
    )


@pytest.mark.parametrize(
    ("number", "name"),
    [(2, "12bitUnsigned"), (3, "12bitUnsigned_0x0F0F"), (4, "12bitSigned_0x0F0F")],
)
def test_bits_above_the_stored_ones_are_no_value(number, name):
    header = read_header(MOSAICS / f"In/{name}.dcm")
    frame = read_frame(check_frame(replace(header, image_type=())))  # the mosaic as one picture
    values = np.asarray(nibabel.load(MOSAICS / f"Ref/{number}.nii").dataobj)
    assert values.shape == (64, 64, 35)
    for k in range(35):
        top, left = divmod(k, 6)
        tile = frame[64 * top :][:64, 64 * left :][:, :64]
        np.testing.assert_array_equal(tile[::-1].T, values[..., k])


def test_a_series_of_odd_width_and_its_multi_frame_copy_are_one_volume():
    folder = DATA / "seg-dcmqi-odd-width"
    series, frames = series_in(folder / "image"), volume_of(folder / "multiframe/mf.dcm")
    assert series.grid.shape == (3, 38, 24)
    assert series.grid.matches(frames.grid)
    np.testing.assert_array_equal(series.voxels, frames.voxels)


@pytest.mark.parametrize(("native", "dice"), [(130, 0.76), (150, 0.72), (200, 0.61)])
def test_plain_thresholds_meet_bone_labels_as_often_as_was_said(native, dice):
    ct = volume_of(TOTALSEG / "example_ct.nii.gz", modality="CT")
    labels = nibabel.load(TOTALSEG / "example_seg_fast_force_split.nii.gz")
    bone = np.isin(np.asarray(labels.dataobj), BONES).transpose(2, 1, 0)
    found = ct.above(native)
    assert 2 * (found & bone).sum() / (found.sum() + bone.sum()) == pytest.approx(dice, abs=0.006)


def test_a_film_with_oblong_pixels_is_shown_turned_round():
    path = DATA / "xray-chest-png-and-monochrome/dx_image.dcm"
    film, oracle = volume_of(path), dcmread(path)
    np.testing.assert_array_equal(film.voxels[0], oracle.pixel_array)
    assert film.display.inverted
    np.testing.assert_allclose(film.grid.spacing_mm[1:], (1.2, 1.2012), rtol=1e-6)


@pytest.mark.parametrize(
    "name", ["lut-sequences/vlut_04.dcm", "overlay-60xx/I10", "overlay-60xx/I20"]
)
def test_tables_and_overlays_leave_the_pixels_as_pydicom_reads_them(name):
    path = DATA / name
    np.testing.assert_array_equal(volume_of(path).voxels[0], dcmread(path).pixel_array)
