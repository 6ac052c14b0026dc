import struct

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from medmask.errors import BadHeader, Truncated
from medmask.readers.dicom.instance import read_header
from tests.dicom_files import slice_dataset, uid, write_slice

PIXELS = np.arange(12, dtype=np.int16).reshape(3, 4)
SYNTAXES = [
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
]


def written(tmp_path, **tags):
    return write_slice(tmp_path / "a.dcm", slice_dataset(PIXELS, **tags))


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_every_native_syntax_gives_the_same_facts(tmp_path, syntax):
    header = read_header(written(tmp_path, transfer_syntax=syntax, index=2))
    assert header.fault is None
    assert header.transfer_syntax == syntax
    assert (header.layout.rows, header.layout.columns, header.layout.signed) == (3, 4, True)
    assert header.position == (-10.0, -20.0, 35.0)
    assert header.pixel_spacing == (0.8, 0.7)
    assert (header.intensity.slope, header.intensity.intercept) == (1.0, -1024.0)
    assert header.series_uid == uid("series")
    assert header.layout.span.length == 24


def test_nested_sequences_of_undefined_length_are_passed_over(tmp_path):
    dataset = slice_dataset(PIXELS)
    inner = Dataset()
    inner.CodeValue = "x"
    inner.Rows = 99  # must not be taken for the image's own
    outer = Dataset()
    outer.PurposeOfReferenceCodeSequence = Sequence([inner])
    outer["PurposeOfReferenceCodeSequence"].is_undefined_length = True
    dataset.SourceImageSequence = Sequence([outer, Dataset()])
    dataset["SourceImageSequence"].is_undefined_length = True
    header = read_header(write_slice(tmp_path / "a.dcm", dataset))
    assert header.layout.rows == 3


@pytest.mark.parametrize("keep_meta", [True, False])
@pytest.mark.parametrize("syntax", SYNTAXES[:3])
def test_files_without_preamble_are_read(tmp_path, syntax, keep_meta):
    content = written(tmp_path, transfer_syntax=syntax).read_bytes()
    start = 132 if keep_meta else 144 + struct.unpack_from("<I", content, 140)[0]
    (tmp_path / "bare").write_bytes(content[start:])
    header = read_header(tmp_path / "bare")
    assert header.transfer_syntax == syntax
    assert header.layout.columns == 4


def test_an_unknown_character_set_is_of_no_matter(tmp_path):
    path = written(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"ISO_IR 192", b"KLINGON   "))
    assert read_header(path).fault is None


@pytest.mark.parametrize("value", ["nan", "-24,0", "inf"])
def test_a_number_that_is_none_is_a_fault_that_stays_with_the_series(tmp_path, value):
    path = written(tmp_path, RescaleIntercept="-98765")
    path.write_bytes(path.read_bytes().replace(b"-98765", value.ljust(6).encode()))
    header = read_header(path)
    assert isinstance(header.fault, BadHeader)
    assert f"(0028,1052) intercept: '{value}' is no decimal string" in str(header.fault)
    assert header.series_uid == uid("series")


def test_a_position_of_two_numbers_is_a_fault(tmp_path):
    header = read_header(written(tmp_path, ImagePositionPatient=["1", "2"]))
    assert "(0020,0032) position has 2 values; accepted: 3" in str(header.fault)


@pytest.mark.parametrize(("tag", "value"), [("Rows", 0), ("Columns", 0), ("Rows", None)])
def test_an_image_without_extent_is_a_fault(tmp_path, tag, value):
    header = read_header(written(tmp_path, **{tag: value}))
    assert f"{tag} is {'absent' if value is None else value}" in str(header.fault)


def test_a_file_cut_in_its_header_is_truncated(tmp_path):
    path = written(tmp_path)
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(Truncated, match="the file ends after 400 bytes, inside an element"):
        read_header(path)


def test_a_file_cut_behind_its_series_uid_stays_with_its_series(tmp_path):
    path = written(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: content.index(uid("frame").encode())])
    header = read_header(path)
    assert isinstance(header.fault, Truncated)
    assert header.series_uid == uid("series")


def test_every_cut_is_an_error_or_a_fault(tmp_path):
    content = written(tmp_path).read_bytes()
    path = tmp_path / "cut.dcm"
    for length in range(132, len(content) - 24, 7):
        path.write_bytes(content[:length])
        try:
            fault = read_header(path).fault
        except (BadHeader, Truncated) as error:
            fault = error
        assert fault is not None, length


def test_implicit_data_under_an_explicit_syntax_is_a_bad_header(tmp_path):
    content = written(tmp_path, transfer_syntax=ImplicitVRLittleEndian).read_bytes()
    length = 144 + struct.unpack_from("<I", content, 140)[0]
    explicit = written(tmp_path).read_bytes()
    meta = explicit[: 144 + struct.unpack_from("<I", explicit, 140)[0]]
    (tmp_path / "lie.dcm").write_bytes(meta + content[length:])
    with pytest.raises(BadHeader, match="has no value representation"):
        read_header(tmp_path / "lie.dcm")


def test_a_broken_deflated_stream_is_a_bad_header(tmp_path):
    path = written(tmp_path, transfer_syntax=DeflatedExplicitVRLittleEndian)
    content = bytearray(path.read_bytes())
    content[-40:] = bytes(40)
    path.write_bytes(content)
    with pytest.raises((BadHeader, Truncated), match="deflate"):
        read_header(path)


@pytest.mark.parametrize(
    ("sop_class", "what"),
    [
        ("1.2.840.10008.5.1.4.1.1.481.3", "an RT structure set, an annotation"),
        ("1.2.840.10008.5.1.4.1.1.88.11", "a structured report or key objects"),
        ("1.2.840.10008.5.1.4.1.1.66.4", "a segmentation, an annotation"),
        ("1.2.840.10008.5.1.4.1.1.11.1", "a presentation state"),
    ],
)
def test_objects_that_are_no_scans_say_what_they_are(tmp_path, sop_class, what):
    path = written(tmp_path, SOPClassUID=sop_class, PixelData=None, Rows=None, Columns=None)
    header = read_header(path)
    assert header.not_an_image == what
    assert header.fault is None


def test_an_image_class_without_pixels_is_a_fault(tmp_path):
    header = read_header(written(tmp_path, PixelData=None))
    assert "an image without pixel data" in str(header.fault)


def test_the_header_agrees_with_pydicom(tmp_path):
    path = written(tmp_path, PixelPaddingValue=-2000, EchoTime="4.2", ImageType=["DERIVED", "X"])
    header, oracle = read_header(path), dcmread(path)
    assert header.intensity.padding == oracle.PixelPaddingValue == -2000
    assert header.echo_time == oracle.EchoTime
    assert list(header.image_type) == list(oracle.ImageType)
    assert list(header.orientation) == list(oracle.ImageOrientationPatient)
