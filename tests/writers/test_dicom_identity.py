import pytest
from pydicom import Dataset, config

from medmask.writers.dicom_identity import leave_out_unlawful, moment_of


def dataset(**tags):
    made = Dataset()
    with config.disable_value_validation():
        for keyword, value in tags.items():
            setattr(made, keyword, value)
    return made


def test_what_the_standard_does_not_allow_is_left_out_or_empty():
    made = dataset(PatientAge="62", StudyID="a study id of 23 letters", StudyDescription="knee")
    leave_out_unlawful(made)
    assert "PatientAge" not in made
    assert made.StudyID == ""
    assert made.StudyDescription == "knee"


def test_what_archives_file_by_stays_as_it_is():
    made = dataset(AccessionNumber="A" * 20, PatientID="P" * 70)
    leave_out_unlawful(made)
    assert (made.AccessionNumber, made.PatientID) == ("A" * 20, "P" * 70)


@pytest.mark.parametrize(
    ("tags", "moment"),
    [
        ({"ContentDate": "20200102", "StudyDate": "20200101"}, ("20200102", "000000")),
        ({"SeriesDate": "20200103", "SeriesTime": "101112"}, ("20200103", "101112")),
        ({"ContentDate": "02.01.2020", "StudyDate": "20200101"}, ("20200101", "000000")),
        ({"ContentDate": ""}, ("19000101", "000000")),
        ({}, ("19000101", "000000")),
    ],
)
def test_the_date_is_the_sources_never_todays(tags, moment):
    assert moment_of(dataset(**tags)) == moment
