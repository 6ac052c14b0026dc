import pytest

from medmask.cohort import read_one
from medmask.errors import MissingInput, Truncated
from medmask.readers import ReadOptions
from medmask.writers import png, volume_nifti
from tests.phantoms import ct_boxes, volume_of


def test_the_one_scan_of_a_folder_is_read(tmp_path):
    (tmp_path / "a.nii.gz").write_bytes(volume_nifti(volume_of(ct_boxes())))
    (tmp_path / "notes.txt").write_text("nothing")
    volume = read_one(tmp_path, ReadOptions(modality="CT"))
    assert (volume.voxels == ct_boxes()).all()


def test_a_stack_is_one_scan_if_the_options_say_so(tmp_path):
    for name in ("1.png", "2.png"):
        (tmp_path / name).write_bytes(png(ct_boxes()[5].clip(0, 255).astype("uint8")))
    assert read_one(tmp_path, ReadOptions(stacks=True)).voxels.shape == (2, 40, 48)
    with pytest.raises(MissingInput, match=r"one scan was expected, 2 found: 1\.png; 2\.png"):
        read_one(tmp_path, ReadOptions())


def test_no_scan_is_refused(tmp_path):
    with pytest.raises(MissingInput, match="0 found: nothing that is an image"):
        read_one(tmp_path, ReadOptions())


def test_a_damaged_scan_is_a_scans_error(tmp_path):
    whole = volume_nifti(volume_of(ct_boxes()))
    (tmp_path / "a.nii.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Truncated):
        read_one(tmp_path / "a.nii.gz", ReadOptions())
