"""DICOM objects made of other people's series, judged by dciodvfy and read by highdicom."""

from pathlib import Path

import highdicom as hd
import numpy as np
import pytest

from medmask.annotations import read_annotation
from medmask.cohort import take_inventory
from medmask.labels import LabelMap
from medmask.readers import ReadOptions, read, read_sources
from medmask.scan import AnnotationFile, AnnotationKind, Format
from medmask.writers import dicom_seg, secondary_capture
from tests.dicom_judge import faults, needs_judge

DATA = Path(__file__).parents[2] / "../shared/data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent")
OPTIONS = ReadOptions()
PLACED = (
    *("rtstruct-sts/STS_002/CT/dicom/image", "rtstruct-sts/STS_002/MR_T1/dicom/image"),
    *("seg-dcmqi-odd-width/image", "seg-dcmqi-odd-width/multiframe", "seg-dcmqi-ct3/ct-3slice"),
    *("per-slice-rescale-nonsquare", "enhanced-mr-siemens/001", "enhanced-ct-supplemental"),
)
OTHERS = (
    *("ct-gantry-tilt-plus16/dicom", "ct-geometry-faults/sliceincrement/002"),
    *("overlay-60xx/I10", "xray-chest-png-and-monochrome/dx_image.dcm", "lut-sequences"),
)


def made(case, tmp_path):
    scans = take_inventory((DATA / case,), reading=OPTIONS).scans
    scan = next(one for one in scans if one.format == "dicom")
    grid = read(scan, OPTIONS).grid
    labels = np.random.default_rng(0).integers(0, 3, grid.shape).astype(np.uint8)
    source = read_sources(scan.files, OPTIONS, scan.part)
    seg, capture = tmp_path / "seg.dcm", tmp_path / "capture.dcm"
    seg.write_bytes(dicom_seg(LabelMap(labels, grid), source, "ab" * 32))
    picture = np.zeros((*grid.shape[1:], 3), np.uint8)
    capture.write_bytes(secondary_capture(picture, 0, grid, source, ("masks", "ab" * 32)))
    return grid, labels, seg, capture


@needs_judge
@pytest.mark.filterwarnings("ignore")  # of what the sources hold
@pytest.mark.parametrize("case", [*PLACED, *OTHERS])
def test_objects_made_of_real_series_are_lawful(tmp_path, case):
    _, _, seg, capture = made(case, tmp_path)
    assert faults(seg) == []
    assert faults(capture) == []


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", PLACED)
def test_highdicom_finds_every_label_in_its_place_in_the_world(tmp_path, case):
    grid, labels, seg, _ = made(case, tmp_path)
    volume = hd.seg.segread(seg).get_volume(combine_segments=True)
    world = grid.world(np.argwhere(np.ones(grid.shape, bool)))
    inverse = np.linalg.inv(volume.affine)
    index = world @ inverse[:3, :3].T + inverse[:3, 3]
    nearest = np.rint(index).astype(int)
    assert np.abs(index - nearest).max() < 1e-3
    np.testing.assert_array_equal(volume.array[tuple(nearest.T)], labels.ravel())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", [*PLACED, "ct-gantry-tilt-plus16/dicom"])
def test_our_own_reader_finds_every_label_on_the_scans_grid(tmp_path, case):
    grid, labels, seg, _ = made(case, tmp_path)
    scan = next(one for one in take_inventory((DATA / case,)).scans if one.format == "dicom")
    file = AnnotationFile("seg.dcm", AnnotationKind.SEG, Format.DICOM, (seg,))
    drawn = {one.name: one for one in read_annotation(file, scan, grid).annotations}
    for name, label in (("Soft tissue", 1), ("Bone", 2)):
        np.testing.assert_array_equal(drawn[name].mask(drawn[name].voxels), labels == label)
