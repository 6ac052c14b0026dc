import numpy as np

from medmask.dicom_source import SliceSource, uid_of
from medmask.readers import ReadOptions, read_sources
from tests.dicom_files import multiframe_dataset, uid, write_series, write_slice

OPTIONS = ReadOptions()
VOXELS = np.full((4, 6, 5), 1000, np.int16)


def test_instances_stand_in_the_order_of_slices_with_their_own_positions(tmp_path):
    files = write_series(tmp_path, VOXELS)
    source = read_sources(files, OPTIONS)
    assert [i.SOPInstanceUID for i in source.instances] == [uid(f"series/{k}") for k in range(4)]
    assert source.slices == tuple((SliceSource(k, None),) for k in range(4))
    assert [at[2] for at in source.positions] == [30, 32.5, 35, 37.5]
    assert all("PixelData" not in instance for instance in source.instances)


def test_what_must_be_there_is_there_though_empty(tmp_path):
    source = read_sources(write_series(tmp_path, VOXELS, PatientID=None), OPTIONS)
    assert source.first.PatientID == ""
    assert source.first.PatientName == "Test^Phantom"


def test_a_slice_between_two_has_both_as_its_source(tmp_path):
    source = read_sources(write_series(tmp_path, VOXELS, leave_out=(2,)), OPTIONS)
    assert source.slices[2] == (SliceSource(1, None), SliceSource(2, None))
    assert [at[2] for at in source.positions] == [30, 32.5, 35, 37.5]


def test_frames_are_named_by_their_number(tmp_path):
    frames = [{"z": 10.0 - 2 * k} for k in range(4)]
    path = write_slice(tmp_path / "a.dcm", multiframe_dataset(VOXELS, frames))
    source = read_sources([path], OPTIONS)
    assert len(source.instances) == 1
    assert [part.frame for (part,) in source.slices] == [3, 2, 1, 0]


def test_a_film_has_no_position(tmp_path):
    bare = {"ImagePositionPatient": None, "ImageOrientationPatient": None}
    files = write_series(tmp_path, VOXELS[:1], Modality="CR", **bare)
    assert read_sources(files, OPTIONS).positions is None


def test_uids_are_lawful_and_hang_on_every_word():
    made = {uid_of("a", "b"), uid_of("ab"), uid_of("a", "c")}
    assert len(made) == 3
    assert all(text.startswith("2.25.") and len(text) <= 64 for text in made)
    assert uid_of("a", "b") == uid_of("a", "b")
