"""Every series that dcm2niix reads rightly: the same voxels at the same places."""

import gzip
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from pydicom.data import get_testdata_file

from medmask.cohort.inventory import take_inventory
from medmask.errors import ScanError
from medmask.readers import ReadOptions, read
from medmask.scan import Format
from medmask.writers import volume_nifti

ROOTS = {
    "pydicom": Path(get_testdata_file("CT_small.dcm")).parent,
    "shared": Path(__file__).parents[3] / "shared" / "data",
}
DCM2NIIX = Path(sys.executable).with_name("dcm2niix")
# dcm2niix leaves the shear out of its affine and resamples in another way: each slice's own
# position is the truth there (test_readers.py)
OTHERWISE = {"gantry_tilt", "irregular_resampled"}
# dcm2niix takes the header's sign, though the code stream is unsigned; pydicom reads it as we do
MISREAD = {"J2K_pixelrep_mismatch.dcm"}


@cache
def scans(root):
    """Scans that have a place in the patient and are read here."""
    found = {}
    if not ROOTS[root].is_dir():
        return found
    # each by itself: the files of pydicom are copies of each other under one UID
    apart = sorted(ROOTS[root].iterdir())
    for scan in (scan for path in apart for scan in take_inventory((path,)).scans):
        if scan.format is not Format.DICOM or scan.source in MISREAD:
            continue
        try:
            volume = read(scan, ReadOptions())
        except ScanError:
            continue
        if volume.grid.oriented and not OTHERWISE & {w.code for w in volume.warnings}:
            found[scan.scan_id] = (scan, volume)
    return found


def converted(scan, folder):
    """What dcm2niix makes of a scan's files."""
    (folder / "in").mkdir()
    (folder / "out").mkdir()
    for k, path in enumerate(scan.files):
        shutil.copy(path, folder / "in" / f"{k:04}.dcm")
    command = [DCM2NIIX, "-z", "n", "-f", "x", "-o", folder / "out", folder / "in"]
    subprocess.run(command, capture_output=True, check=False, timeout=60)
    return [nib.load(path) for path in sorted((folder / "out").glob("x*.nii"))]


def corners(image):
    ends = np.array(np.meshgrid(*[(0, n - 1) for n in image.shape[:3]])).reshape(3, -1).T
    return nib.affines.apply_affine(image.affine, ends)


CASES = [(root, name) for root in ROOTS for name in scans(root)]


@pytest.mark.skipif(not DCM2NIIX.is_file(), reason="dcm2niix has no wheel for this machine")
@pytest.mark.parametrize(("root", "name"), CASES, ids=[name for _, name in CASES])
def test_voxels_and_corners_are_those_of_dcm2niix(root, name, tmp_path):
    scan, volume = scans(root)[name]
    ours = nib.Nifti1Image.from_bytes(gzip.decompress(volume_nifti(volume)))
    ours = nib.as_closest_canonical(ours)
    theirs = [nib.as_closest_canonical(image) for image in converted(scan, tmp_path)]
    alike = [image for image in theirs if image.shape[:3] == ours.shape]
    assert alike, f"dcm2niix makes {[image.shape for image in theirs]} of it"
    voxels = np.asarray(alike[0].dataobj).reshape(ours.shape)
    if volume.is_integer:
        assert np.array_equal(voxels, np.asarray(ours.dataobj))
    else:  # slices rescaled differently: both keep float32
        assert np.allclose(voxels, np.asarray(ours.dataobj), rtol=1e-6)
    assert np.abs(corners(alike[0]) - corners(ours)).max() < 0.01


def test_there_is_something_to_compare():
    assert len(scans("pydicom")) > 10
    assert not ROOTS["shared"].is_dir() or len(scans("shared")) > 10
