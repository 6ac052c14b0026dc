import numpy as np
import pytest
from pydicom.uid import XRayAngiographicImageStorage

from medmask.cohort.inventory import take_inventory
from medmask.readers import ReadOptions, read
from medmask.writers import volume_nifti
from tests.dicom_files import slice_dataset, write_slice
from tests.nifti_files import nifti_bytes
from tests.phantoms import ct_boxes, volume_of

EACH = ReadOptions(time_series="each")


@pytest.fixture
def times():
    """Three volumes over time, shape (time, slice, row, column)."""
    return np.stack([ct_boxes() + k for k in range(3)]).astype(np.int16)


@pytest.fixture
def root(tmp_path, times):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bold.nii").write_bytes(nifti_bytes(times))
    (tmp_path / "in" / "one.nii.gz").write_bytes(volume_nifti(volume_of(ct_boxes())))
    (tmp_path / "in" / "cut.nii").write_bytes(nifti_bytes(times)[:400])
    return tmp_path / "in"


def test_each_volume_is_a_scan_of_its_own(root, times):
    scans = [s for s in take_inventory((root,), reading=EACH).scans if s.source == "bold.nii"]
    assert sorted(scan.part for scan in scans) == ["volume-1", "volume-2", "volume-3"]
    assert len({scan.scan_id for scan in scans}) == 3
    assert len({scan.study_id for scan in scans}) == 1
    for scan in scans:
        volume = read(scan, EACH)
        assert np.array_equal(volume.voxels, times[int(scan.part[-1]) - 1])
        assert "one_of_series" in [warning.code for warning in volume.warnings]


def test_a_file_of_one_volume_stays_as_it_is(root):
    (scan,) = (s for s in take_inventory((root,), reading=EACH).scans if s.source == "one.nii.gz")
    assert scan.part == ""
    assert np.array_equal(read(scan, EACH).voxels, ct_boxes())


def test_without_the_wish_a_file_is_one_scan(root):
    sources = [scan.source for scan in take_inventory((root,)).scans]
    assert sources.count("bold.nii") == 1


def test_each_frame_of_a_dicom_film_is_a_scan(tmp_path):
    frames = np.arange(3 * 4 * 5, dtype=np.uint16).reshape(3, 4, 5)
    film = slice_dataset(
        frames[0], Modality="XA", SOPClassUID=XRayAngiographicImageStorage, NumberOfFrames="3",
        PixelData=frames.tobytes(), ImagePositionPatient=None, ImageOrientationPatient=None,
    )  # fmt: skip
    write_slice(tmp_path / "film.dcm", film)
    scans = sorted(take_inventory((tmp_path,), reading=EACH).scans, key=lambda scan: scan.part)
    assert [scan.part for scan in scans] == ["frame-1", "frame-2", "frame-3"]
    assert len({scan.scan_id for scan in scans}) == 3
    assert [read(scan, EACH).voxels[0, 0, 0] for scan in scans] == [0, 20, 40]
