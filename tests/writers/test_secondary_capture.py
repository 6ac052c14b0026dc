import io

import numpy as np
import pytest
from pydicom import dcmread

from medmask.readers import ReadOptions, read_sources
from medmask.readers.dicom import read_series
from medmask.writers import secondary_capture
from tests.dicom_files import uid, write_series
from tests.dicom_judge import faults, needs_judge

OPTIONS = ReadOptions()
STORED = np.arange(4 * 7 * 5, dtype=np.int16).reshape(4, 7, 5)
PICTURE = np.random.default_rng(4).integers(0, 256, (7, 5, 3)).astype(np.uint8)


def captured(files, index=1, picture=PICTURE):
    grid = read_series(files, OPTIONS).grid
    source = read_sources(files, OPTIONS)
    return secondary_capture(picture, index, grid, source, ("bone above 226 HU", "ab" * 32))


def opened(content):
    return dcmread(io.BytesIO(content))


def test_pixels_are_those_of_the_picture(tmp_path):
    made = opened(captured(write_series(tmp_path, STORED)))
    np.testing.assert_array_equal(made.pixel_array, PICTURE)
    assert made.PixelSpacing == [0.8, 0.7]
    assert made.PatientOrientation == ["L", "P"]


def test_it_is_derived_from_its_slice_and_in_a_series_of_its_own(tmp_path):
    made = opened(captured(write_series(tmp_path, STORED), 2))
    assert made.ImageType == ["DERIVED", "SECONDARY"]
    assert made.DerivationDescription == "bone above 226 HU"
    assert made.SourceImageSequence[0].ReferencedSOPInstanceUID == uid("series/2")
    assert made.SeriesInstanceUID != uid("series")
    assert made.StudyInstanceUID == uid("study")
    assert (made.InstanceNumber, made.Modality, made.BurnedInAnnotation) == (3, "CT", "NO")


def test_a_slice_between_two_refers_to_both(tmp_path):
    made = opened(captured(write_series(tmp_path, STORED, leave_out=(2,)), 2))
    referred = [item.ReferencedSOPInstanceUID for item in made.SourceImageSequence]
    assert referred == [uid("series/1"), uid("series/3")]


def test_slices_of_one_scan_share_a_series_and_the_same_bytes_come_again(tmp_path):
    files = write_series(tmp_path, STORED)
    first, second = opened(captured(files, 0)), opened(captured(files, 1))
    assert first.SeriesInstanceUID == second.SeriesInstanceUID
    assert first.SOPInstanceUID != second.SOPInstanceUID
    assert captured(files, 0) == captured(files, 0)


def test_identity_is_what_the_source_tells_and_no_more(tmp_path):
    tags = {"PatientID": None, "InstitutionName": "Hospital", "OperatorsName": "Somebody"}
    files = write_series(tmp_path, STORED, PatientName="M\u00fcller^Eva", **tags)
    made = opened(captured(files))
    assert made.PatientName == "M\u00fcller^Eva"
    assert made.PatientID == ""
    assert "InstitutionName" not in made
    assert "OperatorsName" not in made


def test_loss_and_burnt_in_words_of_the_source_are_passed_on(tmp_path):
    tags = {"LossyImageCompression": "01", "BurnedInAnnotation": "YES"}
    made = opened(captured(write_series(tmp_path, STORED, **tags)))
    assert (made.LossyImageCompression, made.BurnedInAnnotation) == ("01", "YES")


@needs_judge
@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"PatientID": None, "BodyPartExamined": "CHEST"},
        {"PatientAge": "62", "StudyID": "an id of more than 16 letters"},
        {"SpecificCharacterSet": ""},
        {"orientation": (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)},
        {"Modality": "CR", "ImagePositionPatient": None, "ImageOrientationPatient": None},
    ],
)
def test_nothing_in_it_is_unlawful(tmp_path, tags):
    slices = 1 if "Modality" in tags else 4
    files = write_series(tmp_path / "in", STORED[:slices], **tags)
    (tmp_path / "sc.dcm").write_bytes(captured(files, 0))
    assert faults(tmp_path / "sc.dcm") == []
