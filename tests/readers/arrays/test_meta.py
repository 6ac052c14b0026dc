import zlib

import numpy as np
import pytest
import SimpleITK as sitk

from medmask.errors import (
    BadChecksum,
    BadHeader,
    ColourImage,
    IsAnnotation,
    TimeSeries,
    TooLarge,
    Truncated,
    UnsupportedEncoding,
    UnsupportedPixels,
)
from medmask.readers.arrays.meta import data_file
from medmask.readers.arrays.read import read_array
from medmask.readers.options import ReadOptions
from medmask.scan import Format
from tests.itk_files import itk_corners, itk_image, meta_bytes, our_corners, put

OPTIONS = ReadOptions(modality="MR")
VOXELS = np.random.default_rng(1).integers(-900, 900, (4, 5, 6)).astype(np.int16)
RAW = VOXELS.tobytes()


def read(path, options=OPTIONS):
    return read_array(path, Format.META, options)


def by_hand(tmp_path, content=RAW, **changes):
    return put(tmp_path / "a.mha", meta_bytes(content, **changes))


def codes(volume):
    return [warning.code for warning in volume.warnings]


@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("ending", ["mha", "mhd"])
def test_voxels_and_world_are_those_of_simpleitk(tmp_path, kind, packed, ending):
    voxels = np.arange(120).reshape(4, 5, 6).astype(kind)
    image, path = itk_image(voxels), tmp_path / f"a.{ending}"
    sitk.WriteImage(image, path, useCompression=packed)
    volume = read(path)
    assert volume.voxels.dtype == np.dtype(kind)
    np.testing.assert_array_equal(volume.voxels, voxels)
    np.testing.assert_allclose(our_corners(volume.grid), itk_corners(image), atol=1e-4)
    assert codes(volume) == []
    other = tmp_path / ("a.zraw" if packed else "a.raw")
    assert data_file(path) == (other if ending == "mhd" else None)


def test_big_endian_voxels_are_turned(tmp_path):
    path = by_hand(tmp_path, VOXELS.astype(">i2").tobytes(), BinaryDataByteOrderMSB="True")
    np.testing.assert_array_equal(read(path).voxels, VOXELS)


def test_a_missing_byte_order_is_assumed_with_a_warning(tmp_path):
    volume = read(by_hand(tmp_path, BinaryDataByteOrderMSB=None))
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    assert codes(volume) == ["byte_order_assumed"]
    path = by_hand(tmp_path, RAW[::2], BinaryDataByteOrderMSB=None, ElementType="MET_UCHAR")
    assert codes(read(path)) == []


def test_other_names_of_fields_are_known(tmp_path):
    other = {"Position": "-10 -20 30", "Orientation": "0 1 0 1 0 0 0 0 -1"}
    path = by_hand(tmp_path, Offset=None, TransformMatrix=None, **other)
    grid = read(path).grid
    np.testing.assert_allclose(grid.world((1, 2, 3)), [-10 + 2 * 0.8, -20 + 3 * 0.7, 30 - 2.5])


def test_shear_is_kept(tmp_path):
    grid = read(by_hand(tmp_path, TransformMatrix="1 0 0 0 1 0 0 0.2 1")).grid
    assert grid.is_sheared
    np.testing.assert_allclose(grid.world((1, 0, 0)), [-10, -19.5, 32.5])


def test_without_a_matrix_the_spacing_alone_is_known(tmp_path):
    volume = read(by_hand(tmp_path, TransformMatrix=None, Offset=None))
    assert (volume.grid.oriented, codes(volume)) == (False, ["no_orientation"])
    np.testing.assert_allclose(volume.grid.spacing_mm, (2.5, 0.8, 0.7))


def test_without_spacing_nothing_is_known(tmp_path):
    volume = read(by_hand(tmp_path, ElementSpacing=None))
    assert volume.grid.spacing_mm == (None, None, None)


def test_a_missing_offset_is_a_warning(tmp_path):
    assert codes(read(by_hand(tmp_path, Offset=None))) == ["no_position"]


def test_two_dimensions_are_one_slice(tmp_path):
    flat = {"NDims": "2", "DimSize": "6 20", "ElementSpacing": "0.7 0.8"}
    path = by_hand(tmp_path, **flat, TransformMatrix="1 0 0 1", Offset="0 0")
    volume = read(path)
    np.testing.assert_array_equal(volume.voxels, VOXELS.reshape(1, 20, 6))
    assert volume.grid.spacing_mm == (None, pytest.approx(0.8), pytest.approx(0.7))


def test_the_modality_is_the_headers_unless_one_is_stated(tmp_path):
    path = by_hand(tmp_path, Modality="MET_MOD_NM")
    assert read(path, ReadOptions()).modality == "NM"
    assert read(path).modality == "MR"
    volume = read(by_hand(tmp_path, Modality="MET_MOD_UNKNOWN"), ReadOptions())
    assert (volume.modality, codes(volume)) == ("OT", ["modality_guessed"])


def test_bytes_to_skip_in_a_data_file_are_skipped(tmp_path):
    put(tmp_path / "a.dat", b"12345" + RAW)
    for skip in ("5", "-1"):
        path = put(tmp_path / "a.mhd", meta_bytes(b"", "a.dat", HeaderSize=skip))
        np.testing.assert_array_equal(read(path).voxels, VOXELS)


def test_a_fourth_dimension_is_a_series(tmp_path):
    four = {"NDims": "4", "DimSize": "6 5 4 2", "ElementSpacing": "0.7 0.8 2.5 1"}
    four |= {"TransformMatrix": "1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1", "Offset": "-10 -20 30 0"}
    path = by_hand(tmp_path, RAW + RAW, **four)
    with pytest.raises(TimeSeries, match="2 x 6x5x4 voxels"):
        read(path)
    first = read(path, ReadOptions(modality="MR", time_series="first"))
    np.testing.assert_array_equal(first.voxels, VOXELS)
    np.testing.assert_allclose(first.grid.world((0, 0, 0)), [-10, -20, 30])


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"NDims": "5"}, BadHeader, "NDims 5 and 3 sizes"),
        ({"DimSize": "6 5 -4"}, BadHeader, r"'DimSize' is \[6, 5, -4\]"),
        ({"DimSize": "6 5 x"}, BadHeader, "accepted: whole numbers"),
        ({"ElementType": "MET_LONG"}, UnsupportedPixels, "elements of MET_LONG"),
        ({"ElementType": "MET_FLOAT_ARRAY"}, UnsupportedPixels, "elements of MET_FLOAT_ARRAY"),
        ({"ElementType": None}, BadHeader, "no field 'ElementType'"),
        ({"ElementNumberOfChannels": "3"}, ColourImage, "3 channels"),
        ({"ElementNumberOfChannels": "2"}, UnsupportedPixels, "2 channels"),
        ({"ElementToIntensityFunctionSlope": "2"}, UnsupportedPixels, "slope 2"),
        ({"BinaryData": "False"}, UnsupportedEncoding, "voxels as text"),
        ({"CompressedData": "perhaps"}, BadHeader, "CompressedData is 'perhaps'"),
        ({"TransformMatrix": "1 0 0 1"}, BadHeader, "TransformMatrix has 4 numbers"),
        ({"TransformMatrix": "1 0 0 0 1 0 1 1 0"}, BadHeader, "three independent directions"),
        ({"ElementSpacing": "0 1 1"}, BadHeader, "the spacing is"),
        ({"ElementSpacing": "nan 1 1"}, BadHeader, "'ElementSpacing' is"),
        ({"DistanceUnits": "ell"}, BadHeader, "DistanceUnits are 'ell'"),
        ({"Kinds": "domain domain list"}, UnsupportedPixels, "domain domain list"),
        ({"HeaderSize": "9"}, BadHeader, "9 bytes to skip"),
    ],
)
def test_headers_that_are_not_understood_are_refused_by_name(tmp_path, changes, error, sentence):
    with pytest.raises(error, match=sentence):
        read(by_hand(tmp_path, **changes))


def test_a_matrix_that_mixes_space_and_time_is_refused(tmp_path):
    four = {"NDims": "4", "DimSize": "6 5 4 1", "ElementSpacing": "1 1 1 1", "Offset": "0 0 0 0"}
    mixed = "1 0 0 0 0 1 0 0 0 0 1 0.5 0 0 0 1"
    with pytest.raises(BadHeader, match="a matrix that mixes space and time"):
        read(by_hand(tmp_path, **four, TransformMatrix=mixed))


@pytest.mark.parametrize("name", ["LIST", "a%03d.raw 1 4 1"])
def test_voxels_in_several_files_are_refused(tmp_path, name):
    with pytest.raises(UnsupportedEncoding, match="voxels in several files"):
        read(put(tmp_path / "a.mhd", meta_bytes(b"", name)))


@pytest.mark.parametrize(
    "content", [b"NDims = 3\n", b"NDims = 3\nnonsense\n", b"NDims = 3\nNDims = 3\n"]
)
def test_text_that_is_no_header_is_refused(tmp_path, content):
    with pytest.raises(BadHeader):
        read(put(tmp_path / "a.mha", content))


def test_sizes_are_held_against_bytes_and_memory(tmp_path):
    with pytest.raises(Truncated, match="6x5x4 voxels of 2 bytes"):
        read(by_hand(tmp_path, RAW[:-1]))
    with pytest.raises(TooLarge, match="60000x60000x60000 voxels"):
        read(by_hand(tmp_path, DimSize="60000 60000 60000"))


def test_packed_voxels_are_read_to_their_checksum(tmp_path):
    packed = bytearray(zlib.compress(RAW))
    for length in range(20, len(packed), 29):
        with pytest.raises(Truncated):
            read(by_hand(tmp_path, bytes(packed[:length]), CompressedData="True"))
    packed[-1] ^= 1
    with pytest.raises(BadChecksum):
        read(by_hand(tmp_path, bytes(packed), CompressedData="True"))


def test_a_name_of_a_mask_is_an_annotation(tmp_path):
    with pytest.raises(IsAnnotation, match="its name says it is a mask"):
        read(put(tmp_path / "a-label.mha", meta_bytes(RAW)))
