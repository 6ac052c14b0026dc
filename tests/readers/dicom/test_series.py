import random

import numpy as np
import pytest
from pydicom.uid import SecondaryCaptureImageStorage

from medmask.readers.dicom import group, read_header
from tests.dicom_files import slice_dataset, uid, write_series, write_slice

VOXELS = np.zeros((6, 4, 5), np.int16)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)


def grouped(files):
    headers = [read_header(path) for path in files]
    random.Random(1).shuffle(headers)
    series = group(headers)
    assert sorted(path for s in series for path in s.files) == sorted(files)
    return series


def test_one_series_is_one_scan_without_a_key(tmp_path):
    (only,) = grouped(write_series(tmp_path, VOXELS))
    assert (only.key, len(only.headers)) == ("", 6)
    assert (only.study_uid, only.series_uid) == (uid("study"), uid("series"))


def test_two_series_are_two_scans(tmp_path):
    files = write_series(tmp_path / "a", VOXELS) + write_series(tmp_path / "b", VOXELS, series="b")
    assert [len(s.headers) for s in grouped(files)] == [6, 6]


def test_a_localizer_is_parted_from_its_series(tmp_path):
    files = write_series(tmp_path, VOXELS)
    scout = slice_dataset(VOXELS[0], orientation=CORONAL, ImageType=["DERIVED", "X", "LOCALIZER"])
    scout.SOPInstanceUID = uid("scout")
    files.append(write_slice(tmp_path / "scout.dcm", scout))
    assert [(s.key, len(s.headers)) for s in grouped(files)] == [("", 6), ("localizer", 1)]


def test_a_colour_page_is_parted_from_its_series(tmp_path):
    files = write_series(tmp_path, VOXELS)
    page = slice_dataset(
        VOXELS[0].astype(np.uint8),
        SOPClassUID=SecondaryCaptureImageStorage,
        SOPInstanceUID=uid("page"),
        SamplesPerPixel=3,
        PhotometricInterpretation="RGB",
        PixelData=bytes(60),
    )
    files.append(write_slice(tmp_path / "page.dcm", page))
    keys = [s.key for s in grouped(files)]
    assert keys[0] == ""
    assert keys[1].startswith("colour-")


def test_other_views_are_parted(tmp_path):
    files = write_series(tmp_path / "a", VOXELS)
    files += [
        write_slice(
            tmp_path / f"c{k}.dcm",
            slice_dataset(VOXELS[0], orientation=CORONAL, index=k, SOPInstanceUID=uid(f"c{k}")),
        )
        for k in range(3)
    ]
    assert [(s.key, len(s.headers)) for s in grouped(files)] == [("axial", 6), ("coronal", 3)]


def test_a_resized_copy_of_all_positions_is_parted(tmp_path):
    files = write_series(tmp_path / "a", VOXELS)
    small = {k: {"SOPInstanceUID": uid(f"small{k}")} for k in range(6)}
    files += write_series(tmp_path / "b", VOXELS[:, ::2, ::2], per_slice=small)
    assert [(s.key, len(s.headers)) for s in grouped(files)] == [("", 6), ("3x2", 6)]


@pytest.mark.parametrize(
    "fault",
    [
        {"orientation": (1.0, 0.0, 0.0, 0.0, 0.984808, 0.173648)},
        {"ImagePositionPatient": None},
        {"ImageOrientationPatient": None},
        {"ImageOrientationPatient": ["0"] * 6},
        {"PixelSpacing": ["0.9", "0.9"]},
        {"RescaleIntercept": "nan"},
        {"Rows": 0},
        {"NumberOfFrames": "-1"},
    ],
)
@pytest.mark.parametrize("index", [0, 3, 5])
def test_a_faulty_slice_stays_with_its_volume(tmp_path, fault, index):
    (only,) = grouped(write_series(tmp_path, VOXELS, per_slice={index: fault}))
    assert len(only.headers) == 6


@pytest.mark.parametrize("index", [0, 3, 5])
def test_a_slice_of_another_size_that_fills_a_stack_stays_with_it(tmp_path, index):
    files = write_series(tmp_path, VOXELS, leave_out=(index,))
    small = slice_dataset(VOXELS[0, ::2, ::2], index=index)
    files.append(write_slice(tmp_path / "small.dcm", small))
    (only,) = grouped(files)
    assert len(only.headers) == 6


@pytest.mark.parametrize(
    "tag",
    [
        *("AcquisitionNumber", "EchoNumbers", "EchoTime", "TemporalPositionIdentifier"),
        *("TriggerTime", "AcquisitionTime", "AcquisitionDateTime", "ContentTime"),
        *("KVP", "ConvolutionKernel", "DiffusionBValue"),
    ],
)
def test_phases_at_the_same_positions_are_parted_by_what_tells_them_apart(tmp_path, tag):
    files = []
    for phase in (1, 2):
        value = f"10101{phase}" if tag.endswith("Time") else phase
        value = str(value) if tag == "ConvolutionKernel" else value
        named = {k: {"SOPInstanceUID": uid(f"{phase}/{k}"), tag: value} for k in range(6)}
        files += write_series(tmp_path / str(phase), VOXELS, per_slice=named)
    series = grouped(files)
    assert [len(s.headers) for s in series] == [6, 6]
    assert len({s.key for s in series}) == 2


def test_acquisitions_that_do_not_repeat_positions_stay_one_volume(tmp_path):
    numbered = {k: {"AcquisitionNumber": k} for k in range(6)}
    assert len(grouped(write_series(tmp_path, VOXELS, per_slice=numbered))) == 1


def test_uneven_phases_are_not_parted(tmp_path):
    files = []
    for phase, count in ((1, 6), (2, 5)):
        named = {
            k: {"SOPInstanceUID": uid(f"{phase}/{k}"), "AcquisitionNumber": phase} for k in range(6)
        }
        files += write_series(tmp_path / str(phase), VOXELS[:count], per_slice=named)
    (only,) = grouped(files)
    assert len(only.headers) == 11


def test_radiographs_of_one_series_are_scans_of_their_own(tmp_path):
    files = write_series(tmp_path, VOXELS[:3], Modality="DX")
    keys = [s.key for s in grouped(files)]
    assert len(set(keys)) == 3
    assert all(key.startswith("picture-") for key in keys)


def test_a_multi_frame_copy_is_parted_from_the_slices(tmp_path):
    files = write_series(tmp_path, VOXELS)
    frames = slice_dataset(VOXELS[0], NumberOfFrames="6", PixelData=VOXELS.tobytes())
    frames.SOPInstanceUID = uid("frames")
    files.append(write_slice(tmp_path / "frames.dcm", frames))
    assert [len(s.files) for s in grouped(files)] == [6, 1]


def test_keys_do_not_depend_on_the_order_of_the_headers(tmp_path):
    files = write_series(tmp_path, VOXELS[:4], Modality="CR")
    headers = [read_header(path) for path in files]
    assert group(headers) == group(headers[::-1])
