import numpy as np
import pytest

from medmask.errors import BadHeader, NotRegular
from medmask.readers.arrays.companions import companions
from medmask.scan import Format
from tests.itk_files import meta_bytes, nrrd_bytes, put
from tests.nifti_files import write_analyze, write_nifti, write_nifti_pair

VOXELS = np.arange(120, dtype=np.int16).reshape(4, 5, 6)


def test_files_that_hold_everything_have_none(tmp_path):
    assert companions(write_nifti(tmp_path / "a.nii", VOXELS), Format.NIFTI) == ()
    assert companions(put(tmp_path / "a.nrrd", nrrd_bytes(b"")), Format.NRRD) == ()
    assert companions(put(tmp_path / "a.mha", meta_bytes(b"")), Format.META) == ()
    assert companions(tmp_path / "a.png", Format.PNG) == ()


def test_a_pair_names_its_other_half(tmp_path):
    header, voxels = write_nifti_pair(tmp_path / "nifti", VOXELS)
    assert companions(header, Format.NIFTI) == (voxels,)
    header, voxels = write_analyze(tmp_path / "analyze", VOXELS)
    assert companions(header, Format.ANALYZE) == (voxels,)


def test_a_detached_header_names_its_data_file(tmp_path):
    voxels = put(tmp_path / "voxels", VOXELS.tobytes())
    path = put(tmp_path / "a.nhdr", nrrd_bytes(b"", data_file="./voxels"))
    assert companions(path, Format.NRRD) == (voxels,)
    path = put(tmp_path / "a.mhd", meta_bytes(b"", "voxels"))
    assert companions(path, Format.META) == (voxels,)


def test_a_data_file_that_is_missing_or_a_folder_is_refused(tmp_path):
    path = put(tmp_path / "a.mhd", meta_bytes(b"", "voxels"))
    with pytest.raises(NotRegular, match="its data file voxels is not there"):
        companions(path, Format.META)
    (tmp_path / "voxels").mkdir()
    with pytest.raises(NotRegular, match="its data file voxels is no regular file"):
        companions(path, Format.META)
    with pytest.raises(NotRegular, match="gone"):
        companions(tmp_path / "gone.mhd", Format.META)


@pytest.mark.parametrize("name", ["../voxels", "/tmp/voxels", "a\\b", "", ".", "a.mhd"])
def test_no_other_place_is_opened(tmp_path, name):
    with pytest.raises(BadHeader):
        companions(put(tmp_path / "a.mhd", meta_bytes(b"", name)), Format.META)
