"""NRRD, MetaImage and pictures, held against answers that others gave."""

import csv
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from PIL import Image

from medmask.errors import IsAnnotation
from medmask.readers import ReadOptions, group, read, read_header, sniff
from medmask.readers.arrays.block import read_block
from medmask.readers.arrays.nrrd import open_nrrd
from medmask.readers.pictures.image import read_pictures
from medmask.scan import Format, Scan
from tests.itk_files import itk_corners, our_corners

DATA = Path(__file__).parents[2] / "../shared/data"
BRAIN = DATA / "nrrd-brain-pyradiomics"
DCMQI = DATA / "seg-dcmqi-ct3"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent")

MR = ReadOptions(modality="MR")


def volume_of(path, options=MR):
    return read(Scan("a", "a", "a", sniff(path), (path,)), options)


def label_of(path):
    """Return a label map that the reader of scans leaves to others, and its grid."""
    file = open_nrrd(path)
    return read_block(file.block, MR)[0], file.grid


def published(case):
    """Return what pyradiomics published of a case, by feature."""
    found = {}
    for name in ("baseline_firstorder.csv", "baseline_shape.csv"):
        with (BRAIN / name).open(newline="") as file:
            found |= {
                row["featureName"].split("_", 1)[1]: row[case] for row in csv.DictReader(file)
            }
    return found


@pytest.mark.parametrize("case", ["brain2", "breast1"])
def test_masked_voxels_have_the_published_values(case):
    volume = volume_of(BRAIN / f"{case}_image.nrrd")
    label, grid = label_of(BRAIN / f"{case}_label.nrrd")
    assert grid.matches(volume.grid)
    inside, facts = volume.voxels[label == 1], published(case)
    assert inside.size == int(facts["Mask-original_VoxelNum"])
    for name, ours in {
        "firstorder_Mean": inside.mean(),
        "firstorder_Variance": inside.var(),
        "firstorder_Minimum": inside.min(),
        "firstorder_Maximum": inside.max(),
        "firstorder_Median": np.median(inside),
        "shape_VoxelVolume": inside.size * volume.grid.voxel_ml * 1000,
    }.items():
        assert float(facts[name]) == pytest.approx(float(ours), rel=1e-9), name
    x, y, z, columns, rows, slices = eval(facts["Mask-original_BoundingBox"])  # six numbers
    box = np.argwhere(label == 1)
    np.testing.assert_array_equal(box.min(axis=0), (z, y, x))
    np.testing.assert_array_equal(np.ptp(box, axis=0) + 1, (slices, rows, columns))


def every_nrrd():
    return sorted(DATA.rglob("*.nrrd")) if DATA.is_dir() else []


@pytest.mark.parametrize("path", every_nrrd(), ids=lambda path: path.name)
def test_voxels_and_corners_of_every_nrrd_are_those_of_simpleitk(path):
    voxels, grid = label_of(path)
    image = sitk.ReadImage(path)
    np.testing.assert_array_equal(voxels, sitk.GetArrayFromImage(image))
    np.testing.assert_allclose(our_corners(grid), itk_corners(image), atol=1e-6)


@pytest.mark.parametrize(
    ("name", "count"), [("liver_seg", 107098), ("spine_seg", 12439), ("heart_seg", None)]
)
def test_segmentations_are_annotations_of_the_stated_size(name, count):
    with pytest.raises(IsAnnotation):
        volume_of(DCMQI / f"{name}.nrrd")
    voxels, _ = label_of(DCMQI / f"{name}.nrrd")
    assert count is None or np.count_nonzero(voxels) == count


def test_a_spine_lies_on_the_bone_of_its_ct():
    (series,) = group(read_header(path) for path in sorted((DCMQI / "ct-3slice").rglob("*.dcm")))
    files = tuple(header.path for header in series.headers)
    ct = read(Scan("a", "a", "a", Format.DICOM, files))
    spine, grid = label_of(DCMQI / "spine_seg.nrrd")
    index = np.argwhere(spine > 0)
    inverse = np.linalg.inv(ct.grid.affine)
    there = np.rint(grid.world(index) @ inverse[:3, :3].T + inverse[:3, 3]).astype(int)
    native = ct.rescale.native(ct.voxels[tuple(there.T)])
    assert np.median(native) == pytest.approx(251, abs=1)
    assert np.mean(native > 150) == pytest.approx(0.64, abs=0.005)


@pytest.mark.parametrize("ending", ["nii.gz", "nii", "hdr", "mha", "mhd", "nhdr", "nrrd"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_brain_is_one_volume_in_every_format(tmp_path, ending, packed):
    image = sitk.ReadImage(BRAIN / "brain2_image.nrrd")
    path = tmp_path / f"brain.{ending}"
    sitk.WriteImage(image, path, useCompression=packed)
    volume, twin = volume_of(path), volume_of(BRAIN / "brain2_image.nrrd")
    np.testing.assert_array_equal(volume.voxels, twin.voxels)
    assert volume.voxels.dtype == np.int16
    np.testing.assert_allclose(volume.grid.affine, twin.grid.affine, atol=1e-4)


def test_grey_in_three_channels_is_the_film_in_one():
    films = sorted((DATA / "xray-chest-png-and-monochrome").glob("*.png"))
    modes = set()
    for path in films:
        with Image.open(path) as picture:
            modes.add(picture.mode)
            expected = np.asarray(picture.convert("RGB"))[..., 1]
        volume = read_pictures((path,), ReadOptions())
        np.testing.assert_array_equal(volume.voxels[0], expected)
        assert [w.code for w in volume.warnings] == []
    assert len(films) > 1
    assert len(modes) > 1
