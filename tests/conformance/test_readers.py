"""Real files, held against answers that others gave."""

from pathlib import Path

import nibabel
import numpy as np
import pytest
from pydicom import dcmread
from pydicom.pixels import apply_modality_lut

import medmask
from medmask.errors import DuplicatePositions, MultiFrame, NotHounsfield, UnevenSlices
from medmask.readers import ReadOptions, group, read, read_header, sniff
from medmask.recipe import loads
from medmask.scan import Format, Scan

DATA = Path(__file__).parents[2] / "../shared/data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent")


def volume_of(*files, modality="auto"):
    scan = Scan("a", "a", "a", sniff(files[0]), tuple(files))
    return read(scan, ReadOptions(modality=modality))


def dicom_files(folder):
    return [p for p in sorted(folder.rglob("*")) if p.is_file() and sniff(p) is Format.DICOM]


def only_series(folder):
    (series,) = group(read_header(path) for path in dicom_files(folder))
    return [header.path for header in series.headers]


def hounsfield(volume):
    return volume.rescale.native(volume.voxels)


LOSSLESS = ["1.2.2", "1.2.1.99", "1.2.1", "1.2", "1.2.5"]
LOSSLESS += [f"1.2.4.{number}" for number in (57, 70, 80, 90)]


@pytest.mark.parametrize("syntax", LOSSLESS)
def test_lossless_encodings_of_one_slice_are_identical(syntax):
    folder = DATA / "ct-transfer-syntaxes"
    (path,) = folder.glob(f"*_1.2.840.10008.{syntax}.dcm")
    plain, encoded = volume_of(folder / "CTImage.dcm"), volume_of(path)
    np.testing.assert_array_equal(encoded.voxels, plain.voxels)
    assert encoded.rescale == plain.rescale
    assert encoded.padding == plain.padding


@pytest.mark.parametrize(("syntax", "most"), [("1.2.4.91", 5), ("1.2.4.81", 1)])
def test_nearly_lossless_encodings_stay_within_their_loss(syntax, most):
    folder = DATA / "ct-transfer-syntaxes"
    (path,) = folder.glob(f"*_1.2.840.10008.{syntax}.dcm")
    plain, encoded = volume_of(folder / "CTImage.dcm"), volume_of(path)
    assert np.abs(encoded.voxels.astype(int) - plain.voxels).max() <= most


def test_each_slice_keeps_its_own_rescale():
    volume = volume_of(*only_series(DATA / "per-slice-rescale-nonsquare/002_non_isotropic"))
    maxima = np.sort(volume.voxels.max(axis=(1, 2)))
    np.testing.assert_allclose(maxima, [33.70, 34.16, 42.87, 96.47], atol=0.005)
    np.testing.assert_allclose(volume.grid.spacing_mm[1:], (4.0, 6.39995861), rtol=1e-8)


def test_a_tilted_series_puts_every_slice_where_the_scanner_says():
    files = only_series(DATA / "ct-gantry-tilt-plus16/dicom")
    volume = volume_of(*files)
    said = sorted([float(x) for x in dcmread(p).ImagePositionPatient] for p in files)
    ours = sorted(volume.grid.world((k, 0, 0)).tolist() for k in range(len(files)))
    np.testing.assert_allclose(ours, said, atol=0.01)
    assert [w.code for w in volume.warnings] == ["gantry_tilt"]
    assert "16.5 degrees" in volume.warnings[0].message


def test_a_tilt_without_its_tag_is_seen():
    volume = volume_of(*only_series(DATA / "ct-geometry-faults/gantrytilting"))
    assert [w.code for w in volume.warnings] == ["gantry_tilt"]
    assert "14.0 degrees" in volume.warnings[0].message


@pytest.mark.parametrize(
    ("case", "error"),
    [
        ("sliceincrement/001", UnevenSlices),
        ("sliceincrement/002", UnevenSlices),
        ("notavolume/001", DuplicatePositions),
    ],
)
def test_geometry_faults_are_refused(case, error):
    files = only_series(DATA / "ct-geometry-faults" / case)
    with pytest.raises(error):
        read(Scan("a", "a", "a", Format.DICOM, tuple(files)), ReadOptions(irregular="refuse"))


@pytest.mark.parametrize("case", ["sliceincrement/001", "sliceincrement/002"])
def test_a_missing_slice_is_put_between_its_neighbours(case):
    files = only_series(DATA / "ct-geometry-faults" / case)
    volume = volume_of(*files)
    assert len(volume.voxels) == len(files) + 1
    slices = sorted((dcmread(path) for path in files), key=lambda s: s.ImagePositionPatient[2])
    for k, one in zip((0, 1, 2, 4), slices, strict=True):
        at = [float(x) for x in one.ImagePositionPatient]
        np.testing.assert_allclose(volume.grid.world((k, 0, 0)), at, atol=0.01)
        np.testing.assert_array_equal(volume.voxels[k], one.pixel_array)
    assert "slices are missing between" in volume.warnings[-1].message


def test_a_filled_gap_in_a_tilted_head_lies_where_others_put_it():
    folder = DATA / "ct-geometry-faults/sliceincrement"
    volume = volume_of(*only_series(folder / "002"))
    twin = nibabel.load(folder / "002_ground_truth.nii.gz")
    assert len(volume.voxels) == twin.shape[2] == 5
    # theirs takes the table's step for that along the normal; both meet in the last slice
    theirs = np.linalg.inv(twin.affine)
    rows, columns = np.mgrid[100:400:7, 100:400:7]
    at = volume.grid.world(np.stack([np.full(rows.shape, 4), rows, columns], -1)) * [-1, -1, 1]
    index = np.rint(at @ theirs[:3, :3].T + theirs[:3, 3]).astype(int)
    values = np.asarray(twin.dataobj)[tuple(np.moveaxis(index, -1, 0))]
    np.testing.assert_allclose(hounsfield(volume)[4, rows, columns], values, atol=1)


def test_two_views_in_one_series_are_two_scans():
    files = dicom_files(DATA / "ct-geometry-faults/sliceorientation")
    series = group(read_header(path) for path in files)
    assert [(s.key, len(s.headers)) for s in series] == [("axial", 2), ("sagittal", 2)]


def test_a_mosaic_is_refused():
    with pytest.raises(MultiFrame, match="a mosaic of slices"):
        volume_of(DATA / "mr-12bit-garbage-high-bits/In/12bitSigned_0x0F0F.dcm")


def test_a_head_without_hounsfield_units_has_no_unit_until_a_recipe_gives_one():
    volume = volume_of(*only_series(DATA / "ct-head-small"))
    assert (volume.voxels.min(), volume.voxels.max(), volume.unit) == (0, 3926, "")
    assert [warning.code for warning in volume.warnings] == ["not_hounsfield"]
    with pytest.raises(NotHounsfield, match="0 to 3926"):
        medmask.segment(volume, "ct")
    stated = loads("scale: {kind: linear, native_at_32: 810, native_at_64: 1226}", "head.yaml")
    assert medmask.segment(volume, stated).scale.native_of(64) == 1226


@pytest.mark.parametrize("name", ["CT", "MR_T1"])
def test_dicom_and_its_nifti_twin_are_one_volume(name):
    folder = DATA / "rtstruct-sts/STS_002" / name
    series = only_series(folder / "dicom/image")
    ours = volume_of(*series)
    twin = volume_of(folder / f"nifti/{name}_image.nii.gz", modality=name[:2])
    assert ours.grid.shape == twin.grid.shape
    at = np.linalg.solve(ours.grid.affine, twin.grid.affine)  # from twin's index to ours
    first = np.rint(at[:3, 3]).astype(int)
    flips = tuple(slice(None, None, round(at[k, k])) for k in range(3))
    assert np.abs(at[:3, :3] - np.diag(np.diag(at)[:3])).max() < 1e-3
    np.testing.assert_array_equal(hounsfield(ours)[flips], hounsfield(twin))
    corner = [0 if at[k, k] > 0 else ours.grid.shape[k] - 1 for k in range(3)]
    np.testing.assert_array_equal(first, corner)
    np.testing.assert_allclose(twin.grid.world((0, 0, 0)), ours.grid.world(corner), atol=0.01)


def test_one_volume_in_eight_axis_orders_is_one_volume_in_the_world():
    files = sorted((DATA / "nifti-orientations").glob("*.nii.gz"))
    assert len(files) == 8
    points = np.random.default_rng(3).uniform(-25, 25, (500, 3))
    answers = []
    for path in files:
        volume = volume_of(path, modality="MR")
        centre = np.asarray(nibabel.load(files[0]).affine)[:3] @ [33, 33, 32, 1]
        world = points + centre * [-1, -1, 1]
        inverse = np.linalg.inv(volume.grid.affine)
        index = np.rint(world @ inverse[:3, :3].T + inverse[:3, 3]).astype(int)
        inside = ((index >= 0) & (index < volume.grid.shape)).all(axis=1)
        values = np.full(len(points), -1)
        values[inside] = volume.voxels[tuple(index[inside].T)]
        answers.append(values)
    assert (answers[0] >= 0).sum() > 100
    for other in answers[1:]:
        np.testing.assert_array_equal(other, answers[0])


def test_monochrome1_turns_the_display_and_not_the_values():
    folder = DATA / "xray-chest-png-and-monochrome"
    (plain,) = folder.glob("1.2.276*.dcm")
    usual, turned = volume_of(plain), volume_of(folder / "Fake_MONOHR1.dcm")
    np.testing.assert_array_equal(usual.voxels, turned.voxels)
    assert (usual.display.inverted, turned.display.inverted) == (False, True)
    assert (usual.display.low, usual.display.high) == (0, 255)


def test_every_single_frame_file_agrees_with_pydicom():
    checked = 0
    for path in [*dicom_files(DATA / "seg-dcmqi-ct3/ct-3slice"), DATA / "overlay-60xx/I10"]:
        volume, oracle = volume_of(path), dcmread(path)
        np.testing.assert_array_equal(volume.voxels[0], oracle.pixel_array)
        assert volume.rescale.intercept == oracle.RescaleIntercept
        checked += 1
    assert checked == 4


def test_a_modality_table_gives_pydicom_s_values():
    path = DATA / "lut-sequences/mlut_18.dcm"
    oracle = dcmread(path)
    volume = volume_of(path)
    expected = apply_modality_lut(oracle.pixel_array, oracle)
    np.testing.assert_array_equal(hounsfield(volume)[0], expected)
    assert volume.voxels.dtype == np.uint16
