import numpy as np
import pytest
from pydicom import dcmread
from pydicom.pixels import apply_voi_lut, apply_windowing

from medmask.errors import UnsupportedPixels
from medmask.readers.dicom import read_series
from medmask.readers.options import ReadOptions
from tests.dicom_files import lut_item, slice_dataset, write_slice

FILM = np.arange(256, dtype=np.uint16).reshape(16, 16)
RADIOGRAPH = {
    "Modality": "DX",
    "ImagePositionPatient": None,
    "ImageOrientationPatient": None,
    "slope": None,
    "intercept": None,
}


def read(tmp_path, item=None, **tags):
    dataset = slice_dataset(FILM, **{**RADIOGRAPH, **tags})
    if item is not None:
        dataset.VOILUTSequence = [item]
    path = write_slice(tmp_path / "a.dcm", dataset)
    volume = read_series([path], ReadOptions())
    np.testing.assert_array_equal(volume.voxels[0], FILM)  # the display changes no value
    return volume, dcmread(path)


def shares(volume):
    return volume.display.share(volume.rescale.native(volume.voxels[0]))


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("falls", [False, True])
def test_a_monotone_table_is_a_curve(tmp_path, photometric, falls):
    entries = np.concatenate([[0] * 20, np.arange(80) ** 2 // 2, [3300] * 30])
    entries = entries[::-1] if falls else entries
    item = lut_item(entries, 50, 12, signed=False)
    volume, oracle = read(tmp_path, item, PhotometricInterpretation=photometric)
    expected = apply_voi_lut(oracle.pixel_array, oracle) / 4095
    turned = photometric == "MONOCHROME1"
    np.testing.assert_allclose(shares(volume), 1 - expected if turned else expected, atol=1e-12)
    assert volume.display.inverted == (turned != falls)


def test_a_straight_table_needs_two_knots_only(tmp_path):
    volume, _ = read(tmp_path, lut_item(np.arange(256) * 257, 0, signed=False))
    assert volume.display.curve == ((0.0, 0.0), (255.0, 1.0))


def test_a_sigmoid_is_followed_within_a_tenth_of_a_level(tmp_path):
    tags = {"WindowCenter": "120", "WindowWidth": "60", "VOILUTFunction": "SIGMOID"}
    volume, oracle = read(tmp_path, **tags)
    expected = apply_windowing(oracle.pixel_array, oracle) / 65535
    assert 255 * np.abs(shares(volume) - expected).max() < 0.1


def test_a_window_counts_more_than_a_table(tmp_path):
    item = lut_item([0, 9, 3], 0, signed=False)
    volume, _ = read(tmp_path, item, WindowCenter="100", WindowWidth="51")
    assert (volume.display.low, volume.display.high, volume.display.curve) == (74.5, 124.5, ())


@pytest.mark.parametrize("entries", [[0, 9, 3], [5, 5, 5]])
def test_a_table_that_turns_is_refused_by_name(tmp_path, entries):
    with pytest.raises(UnsupportedPixels, match="neither rises nor falls throughout"):
        read(tmp_path, lut_item(entries, 0, signed=False))


def test_an_unknown_function_is_refused_by_name(tmp_path):
    tags = {"WindowCenter": "120", "WindowWidth": "60", "VOILUTFunction": "CUBIC"}
    with pytest.raises(UnsupportedPixels, match="VOI LUT Function CUBIC"):
        read(tmp_path, **tags)
