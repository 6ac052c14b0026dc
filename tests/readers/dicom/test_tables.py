import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels import apply_modality_lut
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from medmask.errors import BadHeader, BadRescale
from medmask.readers.dicom import read_series
from medmask.readers.options import ReadOptions
from medmask.volume import PaddingRange
from tests.dicom_files import lut_item, slice_dataset, write_series, write_slice

OPTIONS = ReadOptions()
PIXELS = np.arange(-12, 12, dtype=np.int16).reshape(4, 6)
PLAIN = {"Modality": "OT", "slope": None, "intercept": None}


def read(tmp_path, item, **tags):
    dataset = slice_dataset(PIXELS, **{**PLAIN, **tags})
    dataset.ModalityLUTSequence = [item]
    path = write_slice(tmp_path / "a.dcm", dataset)
    return read_series([path], OPTIONS), path


@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian]
)
def test_a_modality_table_is_applied_as_pydicom_does(tmp_path, syntax):
    entries = np.arange(16) ** 2 + 100
    volume, path = read(tmp_path, lut_item(entries, -8), transfer_syntax=syntax)
    oracle = dcmread(path)
    expected = apply_modality_lut(oracle.pixel_array, oracle)
    np.testing.assert_array_equal(volume.voxels[0], expected)
    assert volume.voxels.dtype == np.uint16
    assert volume.rescale.is_identity


def test_values_beyond_a_table_take_its_ends(tmp_path):
    volume, _ = read(tmp_path, lut_item([7, 8, 9], 0))
    assert volume.voxels.ravel()[:13].tolist() == [7] * 13
    assert volume.voxels.ravel()[14:].tolist() == [9] * 10


def test_padding_stays_out_behind_a_table(tmp_path):
    volume, _ = read(tmp_path, lut_item([7, 8, 9], 0), PixelPaddingValue=-12)
    assert volume.padding == (PaddingRange(-1, -1),)
    assert volume.valid(volume.voxels).ravel().tolist() == [False] + [True] * 23


@pytest.mark.parametrize("packed", [True, False])
def test_entries_of_8_bits_are_read_packed_or_in_words(tmp_path, packed):
    item = lut_item([5, 6, 7, 8], -2, 8)
    if packed:
        item["LUTData"].VR, item["LUTData"].value = "OW", bytes([5, 6, 7, 8])
    volume, _ = read(tmp_path, item)
    assert volume.voxels.ravel()[9:15].tolist() == [5, 5, 6, 7, 8, 8]


def test_tables_of_some_slices_give_native_floats(tmp_path):
    plain = {**PLAIN, "Modality": "PT", "slope": 1.0, "intercept": 0.0}
    files = write_series(tmp_path, np.stack([PIXELS] * 3), **plain)
    dataset = dcmread(files[1])
    del dataset.RescaleSlope, dataset.RescaleIntercept
    dataset.ModalityLUTSequence = [lut_item([7, 8, 9], 0)]
    dataset.save_as(files[1])
    volume = read_series(files, OPTIONS)
    assert volume.voxels.dtype == np.float32
    np.testing.assert_array_equal(volume.voxels[0], PIXELS)
    assert (volume.voxels[1].min(), volume.voxels[1].max()) == (7, 9)


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        (lut_item([1, 2, 3], 0, 20), "LUT entries of 20 bits"),
        (lut_item([1, 2, 4096], 0, 12), "a LUT entry of 4096"),
        (Dataset(), "a LUT descriptor of 0 bytes"),
    ],
)
def test_a_table_that_contradicts_itself_is_a_bad_header(tmp_path, item, sentence):
    with pytest.raises(BadHeader, match=sentence):
        read(tmp_path, item)


def test_a_table_without_all_its_entries_is_a_bad_header(tmp_path):
    item = lut_item([1, 2, 3], 0)
    item["LUTDescriptor"].value = [9, 0, 16]
    with pytest.raises(BadHeader, match="6 bytes of LUT data for 9 entries"):
        read(tmp_path, item)


def test_an_empty_sequence_is_a_bad_header(tmp_path):
    dataset = slice_dataset(PIXELS, **PLAIN)
    dataset.ModalityLUTSequence = []
    with pytest.raises(BadHeader, match="an empty modality lut sequence"):
        read_series([write_slice(tmp_path / "a.dcm", dataset)], OPTIONS)


def test_a_table_and_a_rescale_together_are_refused(tmp_path):
    with pytest.raises(BadRescale, match=r"both a Modality LUT Sequence \(0028,3000\) and a resc"):
        read(tmp_path, lut_item([7, 8, 9], 0), slope=2.0, intercept=0.0)
