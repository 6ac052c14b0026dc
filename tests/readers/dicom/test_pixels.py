import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openjpeg.utils import encode_array
from PIL import Image
from pydicom.pixels.encoders import RLELosslessEncoder
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    RLELossless,
)

from medmask.errors import (
    BadHeader,
    ColourImage,
    Damaged,
    MultiFrame,
    Truncated,
    UnsupportedEncoding,
    UnsupportedPixels,
)
from medmask.readers.dicom.frame import check_frame
from medmask.readers.dicom.instance import read_header
from medmask.readers.dicom.pixels import read_frame
from medmask.readers.dicom.transfer_syntax import encoding_name
from tests.dicom_files import encapsulated, slice_dataset, write_slice

PIXELS = (np.arange(3500).reshape(50, 70) - 1900).astype(np.int16)


def frame_of(tmp_path, pixels=PIXELS, **tags):
    return check_frame(read_header(write_slice(tmp_path / "a.dcm", slice_dataset(pixels, **tags))))


@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2", "u4", "i4"])
@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, "1.2.840.10008.1.2.1.99"]
)
def test_native_pixels_come_back_in_their_own_type(tmp_path, kind, syntax):
    info = np.iinfo(kind)
    pixels = np.linspace(info.min, info.max, 35).astype(kind).reshape(5, 7)
    read = read_frame(frame_of(tmp_path, pixels, transfer_syntax=syntax))
    assert read.dtype == np.dtype(kind)
    np.testing.assert_array_equal(read, pixels)


@pytest.mark.parametrize("kind", ["u2", "i4"])
def test_big_endian_pixels_are_swapped(tmp_path, kind):
    pixels = PIXELS.astype(kind)
    read = read_frame(frame_of(tmp_path, pixels, transfer_syntax=ExplicitVRBigEndian))
    np.testing.assert_array_equal(read, pixels)


def test_big_endian_bytes_in_words_are_put_in_order(tmp_path):
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3)
    dataset = slice_dataset(pixels, transfer_syntax=ExplicitVRBigEndian)
    dataset.PixelData = bytes([1, 0, 3, 2, 5, 4])
    dataset["PixelData"].VR = "OW"
    frame = check_frame(read_header(write_slice(tmp_path / "a.dcm", dataset)))
    np.testing.assert_array_equal(read_frame(frame), pixels)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 16), st.integers(0, 15), st.booleans(), st.integers(0, 2**16 - 1))
def test_bits_above_the_high_bit_are_no_value(tmp_path_factory, stored, spare, signed, junk):
    high = min(stored - 1 + spare, 15)
    shift = high + 1 - stored
    low, top = (-(1 << (stored - 1)), (1 << (stored - 1)) - 1) if signed else (0, (1 << stored) - 1)
    values = np.linspace(low, top, 6).astype(np.int64).reshape(2, 3)
    field = ((1 << stored) - 1) << shift
    words = ((values << shift) & field) | (junk & ~field & 0xFFFF)
    frame = frame_of(
        tmp_path_factory.mktemp("b"),
        words.astype(np.uint16),
        BitsStored=stored,
        HighBit=high,
        PixelRepresentation=int(signed),
    )
    np.testing.assert_array_equal(read_frame(frame), values)
    assert frame.stored_range == (low, top)


def test_padding_beyond_the_stored_bits_is_kept(tmp_path):
    pixels = np.array([[63536, 100], [4095, 0xF001]], np.uint16)
    frame = frame_of(tmp_path, pixels, BitsStored=12, HighBit=11, PixelPaddingValue=63536)
    assert read_frame(frame).tolist() == [[63536, 100], [4095, 1]]


def encoded_frames():
    grey = np.add.outer(np.arange(50), np.arange(70)).astype(np.uint8)
    jpeg = io.BytesIO()
    Image.fromarray(grey).save(jpeg, "JPEG", quality=100)
    return {
        RLELossless: (PIXELS, None),
        JPEG2000Lossless: (PIXELS, encode_array(PIXELS)),
        JPEGBaseline8Bit: (grey, jpeg.getvalue()),
    }


def encode(syntax):
    pixels, data = encoded_frames()[syntax]
    if data is None:
        data = RLELosslessEncoder.encode(
            pixels.tobytes(),
            rows=50,
            columns=70,
            samples_per_pixel=1,
            number_of_frames=1,
            bits_allocated=16,
            bits_stored=16,
            pixel_representation=1,
            photometric_interpretation="MONOCHROME2",
        )
    return pixels, data


@pytest.mark.parametrize(
    ("syntax", "tolerance"), [(RLELossless, 0), (JPEG2000Lossless, 0), (JPEGBaseline8Bit, 2)]
)
def test_compressed_frames_decode(tmp_path, syntax, tolerance):
    pixels, data = encode(syntax)
    frame = frame_of(tmp_path, pixels, transfer_syntax=syntax, PixelData=encapsulated(data))
    read = read_frame(frame)
    assert read.dtype == pixels.dtype
    assert np.abs(read.astype(int) - pixels).max() <= tolerance


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, JPEGBaseline8Bit])
def test_a_code_stream_without_its_end_is_truncated(tmp_path, syntax):
    pixels, data = encode(syntax)
    short = encapsulated(data[: len(data) // 2])
    frame = frame_of(tmp_path, pixels, transfer_syntax=syntax, PixelData=short)
    with pytest.raises(Truncated, match="the code stream has no end marker"):
        read_frame(frame)


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, JPEGBaseline8Bit])
def test_a_code_stream_of_another_size_is_a_bad_header(tmp_path, syntax):
    pixels, data = encode(syntax)
    wide = pixels.reshape(70, 50)
    frame = frame_of(tmp_path, wide, transfer_syntax=syntax, PixelData=encapsulated(data))
    with pytest.raises(
        BadHeader, match="the code stream is 50 x 70 x 1, the header says 70 x 50 x 1"
    ):
        read_frame(frame)


def test_a_broken_rle_frame_is_damaged(tmp_path):
    data = bytearray(encode(RLELossless)[1])
    data[64:] = data[64:][::-1]
    frame = frame_of(tmp_path, transfer_syntax=RLELossless, PixelData=encapsulated(bytes(data)))
    with pytest.raises(Damaged, match="RLE Lossless frame does not decode"):
        read_frame(frame)


def test_an_rle_bomb_is_refused_from_its_header(tmp_path):
    data = encode(RLELossless)[1]
    with pytest.raises(Truncated, match="bytes of RLE for 8589672450 bytes of pixels"):
        frame_of(
            tmp_path,
            transfer_syntax=RLELossless,
            PixelData=encapsulated(data),
            Rows=65535,
            Columns=65535,
        )


@pytest.mark.parametrize(
    ("kind", "keyword", "vr"),
    [("f4", "FloatPixelData", "OF"), ("f8", "DoubleFloatPixelData", "OD")],
)
def test_float_pixels_are_read_as_floats(tmp_path, kind, keyword, vr):
    values = np.linspace(-5, 5, 35).reshape(5, 7).astype(kind)
    frame = frame_of(
        tmp_path,
        values.view(f"i{values.itemsize}"),
        PixelData=None,
        BitsStored=None,
        HighBit=None,
        PixelRepresentation=None,
        **{keyword: values.tobytes()},
    )
    np.testing.assert_array_equal(read_frame(frame), values)


@pytest.mark.parametrize(
    ("tags", "error", "sentence"),
    [
        ({"NumberOfFrames": "2"}, MultiFrame, "2 frames in one instance"),
        ({"NumberOfFrames": "2147483647"}, MultiFrame, "2147483647 frames"),
        ({"ImageType": ["ORIGINAL", "MOSAIC"]}, MultiFrame, "a mosaic of slices"),
        ({"SamplesPerPixel": 3}, ColourImage, "3 samples a pixel"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, ColourImage, "PALETTE COLOR pixels"),
        ({"BitsAllocated": 12}, UnsupportedPixels, "12 bits allocated; accepted: 8, 16 or 32"),
        ({"BitsStored": 17}, BadHeader, "17 bits stored below bit 15 of 16"),
        ({"HighBit": 16}, BadHeader, "16 bits stored below bit 16 of 16"),
        ({"PixelRepresentation": None}, BadHeader, "no Pixel Representation"),
        (
            {"Rows": 4096},
            Truncated,
            "7000 bytes of pixel data for 4096 rows x 70 columns x 2 bytes",
        ),
        ({"Rows": 4}, BadHeader, "7000 bytes of pixel data for 4 rows"),
    ],
)
def test_layouts_that_are_not_understood_are_refused_by_name(tmp_path, tags, error, sentence):
    with pytest.raises(error, match=sentence):
        frame_of(tmp_path, **tags)


def test_other_encodings_are_refused_by_name(tmp_path):
    syntax = "1.2.840.10008.1.2.4.100"
    with pytest.raises(UnsupportedEncoding, match=f"an unknown transfer syntax.*{syntax}"):
        frame_of(tmp_path, transfer_syntax=syntax, PixelData=encapsulated(b"\xff\xd8\xff\xd9"))
    assert encoding_name("1.2.840.10008.1.2.4.110") == "JPEG XL Lossless"
    assert encoding_name(ExplicitVRBigEndian) == "big endian"


def test_pixel_data_cut_at_the_end_are_truncated(tmp_path):
    path = write_slice(tmp_path / "a.dcm", slice_dataset(PIXELS))
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(Truncated, match="6990 bytes of pixel data"):
        check_frame(read_header(path))


def test_what_itk_cannot_decode_is_damaged(tmp_path):
    grey, data = encode(JPEGBaseline8Bit)
    start = data.index(b"\xff\xda")
    broken = encapsulated(data[: start - 60] + data[-2:])
    frame = frame_of(tmp_path, grey, transfer_syntax=JPEGLosslessSV1, PixelData=broken)
    with pytest.raises(Damaged, match="JPEG Lossless SV1 frame does not decode"):
        read_frame(frame)
