import re
import shutil

import numpy as np
import pytest

from medmask.errors import (
    BadHeader,
    BadRescale,
    DuplicatePositions,
    IsAnnotation,
    MixedGeometry,
    Skip,
    TooLarge,
    Truncated,
    UnevenSlices,
)
from medmask.readers.dicom import plan_series, read_series
from medmask.readers.options import ReadOptions
from medmask.volume import Display, PaddingRange
from tests.dicom_files import slice_dataset, uid, write_series, write_slice

OPTIONS = ReadOptions()
VOXELS = (np.arange(5 * 4 * 6).reshape(5, 4, 6) * 7).astype(np.int16)  # -1024 .. -191 HU


def codes(volume):
    return [warning.code for warning in volume.warnings]


def test_a_series_keeps_its_integers_and_carries_the_line(tmp_path):
    volume = read_series(sorted(write_series(tmp_path, VOXELS)), OPTIONS)
    assert volume.voxels.dtype == np.int16
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    assert (volume.rescale.slope, volume.rescale.intercept) == (1.0, -1024.0)
    assert (volume.modality, volume.unit, volume.display) == ("CT", "HU", None)
    assert volume.padding == ()
    assert volume.warnings == ()


def test_monochrome1_does_not_turn_a_ct(tmp_path):
    files = write_series(tmp_path, VOXELS, PhotometricInterpretation="MONOCHROME1")
    np.testing.assert_array_equal(read_series(files, OPTIONS).voxels, VOXELS)


def test_slices_of_different_types_share_the_smallest_that_holds_both(tmp_path):
    files = write_series(tmp_path, VOXELS[:2])
    high = slice_dataset(np.full((4, 6), 60000, np.uint16), index=2)
    files.append(write_slice(tmp_path / "high.dcm", high))
    volume = read_series(files, OPTIONS)
    assert volume.voxels.dtype == np.int32
    assert volume.voxels[2].min() == 60000


def test_rescale_that_differs_per_slice_gives_native_floats(tmp_path):
    slopes = {k: {"slope": 1.0 if k == 0 else 0.5} for k in range(5)}
    padded = {k: {**slopes[k], "PixelPaddingValue": 7} for k in range(5)}
    volume = read_series(write_series(tmp_path, VOXELS, per_slice=padded), OPTIONS)
    assert volume.voxels.dtype == np.float32
    assert volume.rescale.is_identity
    expected = VOXELS * np.array([1, 0.5, 0.5, 0.5, 0.5])[:, None, None] - 1024
    expected[VOXELS == 7] = np.nan
    np.testing.assert_array_equal(volume.voxels, expected.astype(np.float32))
    assert codes(volume) == ["per_slice_rescale", "non_finite_voxels"]


@pytest.mark.parametrize(
    ("limit", "expected"), [(None, PaddingRange(-2000, -2000)), (-1900, PaddingRange(-2000, -1900))]
)
def test_padding_is_a_range_of_signed_stored_values(tmp_path, limit, expected):
    tags = {"PixelPaddingValue": -2000, "PixelPaddingRangeLimit": limit, "intercept": 0.0}
    voxels = VOXELS.copy() - 1000
    volume = read_series(write_series(tmp_path, voxels, **tags), OPTIONS)
    assert volume.padding == (expected,)


@pytest.mark.parametrize(("kind", "word"), [(np.float32, "Float"), (np.float64, "DoubleFloat")])
def test_padding_of_floating_point_pixels_has_elements_of_its_own(tmp_path, kind, word):
    stored = VOXELS.astype(kind) + 0.25
    bits = 8 * stored.dtype.itemsize
    tags = {"BitsAllocated": bits, "BitsStored": None, "HighBit": None, "PixelData": None}
    padding = {f"{word}PixelPaddingValue": 3.25, f"{word}PixelPaddingRangeLimit": 5.25}
    per_slice = {k: {f"{word}PixelData": one.tobytes()} for k, one in enumerate(stored)}
    files = write_series(
        tmp_path, VOXELS, per_slice=per_slice, PixelPaddingValue=7, **tags, **padding
    )
    volume = read_series(files, OPTIONS)
    assert volume.voxels.dtype == kind
    assert volume.padding == (PaddingRange(3.25, 5.25),)


@pytest.mark.parametrize("length", [2, 4])
def test_padding_may_be_written_in_two_or_four_bytes(tmp_path, length):
    files = write_series(tmp_path, VOXELS.astype(np.int32), Modality="MR", PixelPaddingValue=-7)
    for path in files:
        short = b"(\0 \1SS\2\0" + (-7 & 0xFFFF).to_bytes(2, "little")
        written = path.read_bytes()
        assert written.count(short) == 1
        wide = b"(\0 \1SL\4\0" + (-7).to_bytes(4, "little", signed=True)
        path.write_bytes(written.replace(short, wide if length == 4 else short))
    assert read_series(files, OPTIONS).padding == (PaddingRange(-7, -7),)


def test_ct_fill_below_the_scale_is_padding_in_stored_values(tmp_path):
    voxels = VOXELS.copy()
    voxels[:, 0, 0] = -2000
    volume = read_series(write_series(tmp_path, voxels, slope=2.0, intercept=-1000.0), OPTIONS)
    assert volume.padding == (PaddingRange(-32768, -13),)  # -12 is -1024 HU, -13 is -1026 HU
    assert not volume.valid(voxels)[:, 0, 0].any()
    assert volume.valid(voxels).sum() == voxels.size - 5


def test_bit_equal_copies_are_left_out_with_a_warning(tmp_path):
    files = write_series(tmp_path, VOXELS)
    shutil.copy(files[2], tmp_path / "copy.dcm")
    volume = read_series([*files, tmp_path / "copy.dcm"], OPTIONS)
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    assert codes(volume) == ["duplicate_instances"]


def test_a_copy_of_a_slice_under_another_uid_is_left_out_with_a_warning(tmp_path):
    files = write_series(tmp_path, VOXELS)
    twin = slice_dataset(VOXELS[2], index=2, SOPInstanceUID=uid("twin"), InstanceNumber=99)
    volume = read_series([*files, write_slice(tmp_path / "twin.dcm", twin)], OPTIONS)
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    assert codes(volume) == ["duplicate_instances"]


@pytest.mark.parametrize("change", [{"slope": 2.0}, {"PixelPaddingValue": 5}])
def test_the_same_pixels_that_mean_something_else_are_no_copy(tmp_path, change):
    files = write_series(tmp_path, VOXELS)
    twin = slice_dataset(VOXELS[2], **{"index": 2, "SOPInstanceUID": uid("twin"), **change})
    with pytest.raises(DuplicatePositions, match="a second slice at"):
        read_series([*files, write_slice(tmp_path / "twin.dcm", twin)], OPTIONS)


@pytest.mark.parametrize(
    ("tags", "modality", "count"),
    [({"Modality": None}, "CT", 0), ({"Modality": None, "SOPClassUID": uid("class")}, "OT", 1)],
)
def test_a_missing_modality_is_that_of_the_class_or_unknown(tmp_path, tags, modality, count):
    volume = read_series(write_series(tmp_path, VOXELS, **tags), OPTIONS)
    assert (volume.modality, codes(volume).count("modality_guessed")) == (modality, count)


@pytest.mark.parametrize("change", [{"PixelData": bytes(48)}, {"index": 9}])
def test_one_uid_on_two_objects_is_refused(tmp_path, change):
    files = write_series(tmp_path, VOXELS)
    other = slice_dataset(VOXELS[2], **{"index": 2, **change, "SOPInstanceUID": uid("series/2")})
    with pytest.raises(DuplicatePositions, match="the same SOP Instance UID as"):
        read_series([*files, write_slice(tmp_path / "other.dcm", other)], OPTIONS)


@pytest.mark.parametrize(
    ("tags", "error", "sentence"),
    [
        ({"slope": 0.0}, BadRescale, r"Rescale Slope \(0028,1053\) is 0"),
        ({"slope": None, "intercept": None}, BadRescale, "no rescale, nor have 1 of 5 slices"),
        ({"intercept": None, "Modality": "MR"}, BadRescale, "only one of rescale slope"),
        ({"RescaleSlope": "nan"}, BadHeader, "slope: 'nan' is no decimal string"),
        ({"RescaleSlope": ["1", "2"]}, BadHeader, "slope has 2 values"),
    ],
)
@pytest.mark.parametrize("index", [0, 3])
def test_a_slice_without_intensities_fails_the_volume(tmp_path, tags, error, sentence, index):
    with pytest.raises(error, match=sentence):
        read_series(write_series(tmp_path, VOXELS, per_slice={index: tags}), OPTIONS)


def test_mr_without_rescale_has_stored_values_as_native_ones(tmp_path):
    files = write_series(tmp_path, VOXELS, Modality="MR", slope=None, intercept=None)
    volume = read_series(files, OPTIONS)
    assert volume.rescale.is_identity
    assert (volume.modality, volume.unit, volume.padding) == ("MR", "", ())


@pytest.mark.parametrize(
    ("voxels", "tags", "sentence"),
    [
        (VOXELS, {"intercept": 0.0}, "none below 0 HU, neither air nor fat"),
        ((VOXELS - 1000).view(np.uint16), {"intercept": 0.0}, "values up to 65"),
        (VOXELS, {"slope": None, "intercept": None}, "is a CT without rescale"),
        (VOXELS, {"RescaleType": "EDW"}, r"is a CT in units of EDW \(0028,1054\)"),
    ],
)
def test_a_ct_that_is_not_in_hounsfield_units_has_no_unit_and_a_warning(
    tmp_path, voxels, tags, sentence
):
    volume = read_series(write_series(tmp_path, voxels, **tags), OPTIONS)
    np.testing.assert_array_equal(volume.voxels, voxels)
    assert (volume.unit, volume.padding, codes(volume)) == ("", (), ["not_hounsfield"])
    assert re.search(sentence, volume.warnings[0].message)


def test_an_unspecified_rescale_type_is_for_the_values_to_tell(tmp_path):
    volume = read_series(write_series(tmp_path, VOXELS, RescaleType="US"), OPTIONS)
    assert volume.unit == "HU"


def test_a_volume_beyond_the_limit_is_refused_from_headers(tmp_path):
    files = write_series(tmp_path, VOXELS)
    with pytest.raises(TooLarge, match="240 bytes of voxels; accepted: at most 239"):
        plan_series(files, ReadOptions(largest_bytes=239))


def test_two_series_are_no_scan(tmp_path):
    files = write_series(tmp_path / "a", VOXELS) + write_series(tmp_path / "b", VOXELS, series="b")
    with pytest.raises(MixedGeometry, match="an instance of another series"):
        read_series(files, OPTIONS)


@pytest.mark.parametrize(
    ("sop_class", "error"),
    [
        ("1.2.840.10008.5.1.4.1.1.66.4", IsAnnotation),
        ("1.2.840.10008.5.1.4.1.1.88.11", Skip),
    ],
)
def test_what_is_no_scan_is_skipped(tmp_path, sop_class, error):
    files = write_series(tmp_path, VOXELS[:1], SOPClassUID=sop_class, PixelData=None)
    with pytest.raises(error):
        read_series(files, OPTIONS)


RADIOGRAPH = {
    "Modality": "DX",
    "ImagePositionPatient": None,
    "ImageOrientationPatient": None,
    "slope": None,
    "intercept": None,
}
FILM = np.arange(24, dtype=np.uint16).reshape(1, 4, 6)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, Display(0, 65535)),
        ({"BitsStored": 12, "HighBit": 11}, Display(0, 4095)),
        ({"PhotometricInterpretation": "MONOCHROME1"}, Display(0, 65535, inverted=True)),
        ({"WindowCenter": "100", "WindowWidth": "51"}, Display(74.5, 124.5)),
        (
            {"WindowCenter": "100", "WindowWidth": "50", "VOILUTFunction": "LINEAR_EXACT"},
            Display(75, 125),
        ),
        ({"WindowCenter": ["9", "100"], "WindowWidth": ["3", "50"]}, Display(7.5, 9.5)),
        ({"slope": -2.0, "intercept": 10.0}, Display(-131060, 10)),
    ],
)
def test_a_radiograph_carries_how_it_is_meant_to_be_shown(tmp_path, tags, expected):
    volume = read_series(write_series(tmp_path, FILM, **{**RADIOGRAPH, **tags}), OPTIONS)
    assert volume.display == expected
    np.testing.assert_array_equal(volume.voxels, FILM)


def test_a_window_that_shows_nothing_is_left_out_with_a_warning(tmp_path):
    tags = {"WindowCenter": "100", "WindowWidth": "1"}
    volume = read_series(write_series(tmp_path, FILM, **RADIOGRAPH, **tags), OPTIONS)
    assert volume.display == Display(0, 65535)
    assert codes(volume) == ["window_ignored"]


def test_a_missing_slice_is_interpolated_in_the_file_s_own_type(tmp_path):
    volume = read_series(write_series(tmp_path, VOXELS, leave_out=(2,)), OPTIONS)
    assert volume.voxels.dtype == np.int16
    np.testing.assert_array_equal(volume.voxels, VOXELS)  # the phantom is linear along the slices
    assert codes(volume) == ["irregular_resampled"]


def test_a_missing_slice_is_refused_where_the_recipe_says_so(tmp_path):
    files = write_series(tmp_path, VOXELS, leave_out=(2,))
    with pytest.raises(UnevenSlices, match=r"5\.000 mm between 32\.50 and 37\.50 mm"):
        read_series(files, ReadOptions(irregular="refuse"))


@pytest.mark.parametrize(
    "tags", [{"PixelPaddingValue": 7, "intercept": -4500.0}, {"intercept": -5000.0}]
)
def test_padding_and_fill_stay_out_of_interpolated_slices(tmp_path, tags):
    voxels = VOXELS.copy() + 4000
    voxels[1, 0, 0] = 7  # padding, or fill at -4993 HU
    volume = read_series(write_series(tmp_path, voxels, leave_out=(2,), **tags), OPTIONS)
    assert volume.voxels[2, 0, 0] == 7
    np.testing.assert_array_equal(volume.voxels[2].ravel()[1:], voxels[2].ravel()[1:])


def test_a_gap_whose_slice_is_damaged_is_not_bridged(tmp_path):
    files = write_series(tmp_path, VOXELS)
    content = files[2].read_bytes()
    files[2].write_bytes(content[: content.index(uid("frame").encode())])
    with pytest.raises(Truncated):
        read_series(files, OPTIONS)
