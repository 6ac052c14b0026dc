from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from medmask.errors import Damaged, NotRegular, UnevenSlices
from medmask.outcome import ScanWarning
from medmask.readers import READERS, ReadOptions, read, sniff, survey
from medmask.scan import Format, Scan
from tests.dicom_files import write_series
from tests.itk_files import meta_bytes, nrrd_bytes, put
from tests.nifti_files import write_analyze, write_nifti

VOXELS = (np.arange(60).reshape(3, 4, 5) - 30).astype(np.int16)


def scan_of(files):
    return Scan("a", "a", "a", sniff(files[0]), tuple(files))


def every_format(tmp_path):
    picture = tmp_path / "a.png"
    Image.fromarray(np.arange(20, dtype=np.uint8).reshape(4, 5)).save(picture)
    photo = tmp_path / "a.jpg"
    Image.fromarray(np.arange(20, dtype=np.uint8).reshape(4, 5)).save(photo)
    page = tmp_path / "a.tif"
    Image.fromarray(np.arange(20, dtype=np.uint8).reshape(4, 5)).save(page)
    return {
        Format.DICOM: write_series(tmp_path / "series", VOXELS),
        Format.NIFTI: [write_nifti(tmp_path / "a.nii.gz", VOXELS)],
        Format.ANALYZE: write_analyze(tmp_path / "pair", VOXELS),
        Format.NRRD: [put(tmp_path / "a.nrrd", nrrd_bytes(VOXELS.tobytes(), sizes="5 4 3"))],
        Format.META: [put(tmp_path / "a.mha", meta_bytes(VOXELS.tobytes(), DimSize="5 4 3"))],
        Format.PNG: [picture],
        Format.JPEG: [photo],
        Format.TIFF: [page],
    }


def test_every_format_has_a_reader():
    assert set(READERS) == set(Format)


@pytest.mark.parametrize("kind", list(Format))
def test_headers_alone_tell_the_grid_that_is_read(tmp_path, kind):
    scan = scan_of(every_format(tmp_path)[kind])
    assert scan.format is kind
    volume = read(scan)
    found = survey(scan, ReadOptions())
    assert found.grid.matches(volume.grid)
    assert found.voxel_bytes == volume.voxels.nbytes
    assert found.encoding


def test_a_stated_modality_is_for_files_without_one(tmp_path):
    files = every_format(tmp_path)
    stated = ReadOptions(modality="MR")
    assert read(scan_of(files[Format.NIFTI]), stated).modality == "MR"
    assert read(scan_of(files[Format.DICOM]), stated).modality == "CT"


@pytest.mark.parametrize("kind", list(Format))
def test_a_file_that_is_gone_is_an_error_of_the_scan(tmp_path, kind):
    scan = Scan("a", "a", "a", kind, (tmp_path / "gone",))
    with pytest.raises(NotRegular, match="gone: the file is gone"):
        read(scan)
    with pytest.raises(NotRegular, match="gone: the file is gone"):
        survey(scan, ReadOptions())


@pytest.mark.parametrize("kind", list(Format))
def test_a_file_that_cannot_be_read_is_an_error_of_the_scan(tmp_path, kind):
    (tmp_path / "folder").mkdir()
    scan = Scan("a", "a", "a", kind, (tmp_path / "folder",))
    with pytest.raises(Damaged, match="Is a directory"):
        read(scan)
    with pytest.raises(Damaged, match="Is a directory"):
        survey(scan, ReadOptions())


def test_errors_name_the_file_and_never_its_folder(tmp_path):
    path = write_nifti(tmp_path / "secret" / "a.nii", VOXELS, patches=((40, "h", (0,)),))
    with pytest.raises(Damaged) as caught:
        read(scan_of([path]))
    assert "secret" not in str(caught.value)


def test_a_gap_beside_a_damaged_file_is_not_bridged(tmp_path):
    files = write_series(tmp_path, np.resize(VOXELS, (5, 4, 5)), leave_out=(2,))
    scan = Scan("a", "a", "a", Format.DICOM, tuple(files))
    assert read(scan).grid.shape == (5, 4, 5)
    lost = replace(scan, warnings=(ScanWarning("damaged_file_beside", "x.dcm cannot be read"),))
    with pytest.raises(UnevenSlices):
        read(lost)
