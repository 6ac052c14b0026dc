"""Real multi-frame files, held against answers that others gave."""

import subprocess
from pathlib import Path

import nibabel
import numpy as np
import pytest
from pydicom import dcmread

from medmask.readers import ReadOptions, read, read_header
from medmask.readers.dicom.frame import check_frame
from medmask.readers.dicom.pixels import read_frames
from medmask.readers.dicom.stacks import stacks_of
from medmask.scan import Format, Scan

DATA = Path(__file__).parents[2] / "../shared/data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent")
MR = DATA / "enhanced-mr-siemens/001/IM-0001-0001-0001.dcm"
CT = DATA / "enhanced-ct-supplemental/eCT_Supplemental.dcm"
LEGACY = DATA / "seg-dcmqi-odd-width/multiframe/mf.dcm"


def volume_of(path):
    return read(Scan("a", "a", "a", Format.DICOM, (path,)), ReadOptions())


def assert_same_volume(ours, image):
    """Hold a volume against a NIfTI image by value and place, whatever its axis order."""
    twin = np.asarray(image.dataobj)
    lps = np.diag([-1, -1, 1, 1]) @ image.affine
    index = np.stack(np.meshgrid(*map(np.arange, ours.grid.shape), indexing="ij"), -1)
    inverse = np.linalg.inv(lps)
    exact = ours.grid.world(index) @ inverse[:3, :3].T + inverse[:3, 3]
    theirs = np.rint(exact).astype(int)
    zooms = np.linalg.norm(lps[:3, :3], axis=0)
    assert (np.abs(exact - theirs) * zooms).max() < 0.01
    native = ours.rescale.native(ours.voxels)
    np.testing.assert_array_equal(native, twin[tuple(np.moveaxis(theirs, -1, 0))])


def test_enhanced_mr_is_its_nifti_twin():
    assert_same_volume(volume_of(MR), nibabel.load(MR.parent.parent / "001_ground_truth.nii.gz"))


def test_enhanced_mr_agrees_with_dcm2niix(tmp_path):
    dcm2niix = pytest.importorskip("dcm2niix")
    command = [dcm2niix.bin, "-b", "n", "-z", "n", "-o", str(tmp_path), "-f", "a", "-s", "y"]
    subprocess.run([*command, str(MR)], check=True, capture_output=True)
    (made,) = tmp_path.glob("*.nii")
    assert_same_volume(volume_of(MR), nibabel.load(made))


def test_enhanced_ct_is_in_hounsfield_units_and_mirrored():
    volume = volume_of(CT)
    native = volume.rescale.native(volume.voxels)
    assert (native.min(), native.max()) == (-1024, 172)
    np.testing.assert_allclose(volume.grid.spacing_mm, (10, 0.388672, 0.388672))
    np.testing.assert_allclose(volume.grid.affine[:3, 2], [-0.388672, 0, 0], atol=1e-9)


@pytest.mark.parametrize("path", [MR, CT, LEGACY])
def test_every_frame_has_its_pixels_and_its_place(path):
    (stack,) = stacks_of([read_header(path)])
    oracle = dcmread(path)
    (shared,) = oracle.get("SharedFunctionalGroupsSequence", [None])
    for header, values in zip(
        stack.headers, read_frames(map(check_frame, stack.headers)), strict=True
    ):
        np.testing.assert_array_equal(values, oracle.pixel_array[header.frame])
        groups = oracle.PerFrameFunctionalGroupsSequence[header.frame]
        position = groups.PlanePositionSequence[0].ImagePositionPatient
        assert header.position == tuple(float(x) for x in position)
        measures = (groups if "PixelMeasuresSequence" in groups else shared).PixelMeasuresSequence
        assert header.pixel_spacing == tuple(float(x) for x in measures[0].PixelSpacing)
