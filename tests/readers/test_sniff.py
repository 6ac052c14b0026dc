import gzip
import io
import struct

import numpy as np
import pytest
from PIL import Image

from medmask.errors import BadHeader, Truncated, UnsupportedFormat
from medmask.readers.sniff import name_warning, sniff
from medmask.scan import Format
from tests.dicom_files import write_series
from tests.nifti_files import nifti_bytes


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(out, kind)
    return out.getvalue()


def put(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("kind", "expected"), [("PNG", Format.PNG), ("JPEG", Format.JPEG)])
def test_pictures_are_known_by_content_whatever_the_name(tmp_path, kind, expected):
    assert sniff(put(tmp_path, "anything.txt", picture(kind))) is expected


def test_nifti_is_known_plain_and_inside_gzip(tmp_path):
    content = nifti_bytes(np.zeros((2, 3, 4), np.int16))
    assert sniff(put(tmp_path, "a", content)) is Format.NIFTI
    assert sniff(put(tmp_path, "b", gzip.compress(content))) is Format.NIFTI


def test_big_endian_nifti_is_known(tmp_path):
    content = bytearray(nifti_bytes(np.zeros((2, 3, 4), np.int16)))
    content[:4] = struct.pack(">i", 348)
    assert sniff(put(tmp_path, "a.nii", bytes(content))) is Format.NIFTI


def test_dicom_with_preamble_is_known(tmp_path):
    (path,) = write_series(tmp_path, np.zeros((1, 4, 4), np.int16))
    assert sniff(path) is Format.DICOM


def test_dicom_with_a_tiff_preamble_is_dicom(tmp_path):
    (path,) = write_series(tmp_path, np.zeros((1, 4, 4), np.int16))
    content = path.read_bytes()
    assert sniff(put(tmp_path, "dual", b"II*\0" + content[4:])) is Format.DICOM


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2" + end for end in ("", ".1", ".2")])
@pytest.mark.parametrize("with_meta", [True, False])
def test_dicom_without_preamble_is_known_by_its_first_elements(tmp_path, syntax, with_meta):
    (path,) = write_series(tmp_path, np.zeros((1, 4, 4), np.int16), transfer_syntax=syntax)
    content = path.read_bytes()
    meta_length = struct.unpack_from("<I", content, 140)[0]
    start = 132 if with_meta else 144 + meta_length
    assert sniff(put(tmp_path, "bare", content[start:])) is Format.DICOM


@pytest.mark.parametrize(
    "content",
    [b"", b"a note\n", b'{"Modality": "CT"}', b"a,b\n1,2\n", bytes(2000), bytes(range(256)) * 9],
)
def test_what_is_no_image_and_claims_nothing_is_none(tmp_path, content):
    assert sniff(put(tmp_path, "notes.txt", content)) is None


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"GIF89a" + bytes(20), "GIF"),
        (b"II+\0" + bytes(20), "BigTIFF"),
        (b"ObjectType = Tube\nNDims = 3\n", "a Tube of MetaIO"),
        (struct.pack("<2sI", b"BM", 26) + bytes(20), "BMP"),
    ],
)
def test_images_of_other_kinds_are_refused_by_name(tmp_path, content, word):
    with pytest.raises(UnsupportedFormat, match=f"the file is {word}; accepted: DICOM"):
        sniff(put(tmp_path, "picture", content))


def test_postscript_named_png_is_refused_without_being_opened(tmp_path):
    with pytest.raises(UnsupportedFormat, match=r"named \.png, but it is PostScript"):
        sniff(put(tmp_path, "a.png", b"%!PS-Adobe-3.0 EPSF-3.0\n"))


def test_an_empty_file_that_claims_an_image_is_truncated(tmp_path):
    with pytest.raises(Truncated, match=r"a\.nii\.gz: the file is empty"):
        sniff(put(tmp_path, "a.nii.gz", b""))


def test_other_content_under_a_claiming_name_tells_its_first_bytes(tmp_path):
    with pytest.raises(BadHeader, match=r"named \.dcm, but it begins with b'hello wo'"):
        sniff(put(tmp_path, "a.dcm", b"hello world"))


def test_a_broken_gzip_that_claims_nifti_is_a_bad_header(tmp_path):
    with pytest.raises(BadHeader, match="gzip stream is broken"):
        sniff(put(tmp_path, "a.nii.gz", b"\x1f\x8b\xff\xff" + bytes(40)))


def test_gzip_of_something_else_is_none_without_a_claim(tmp_path):
    assert sniff(put(tmp_path, "log.gz", gzip.compress(b"many words " * 99))) is None


@pytest.mark.parametrize("ending", ["hdr", "HDR"])
def test_an_analyze_header_is_known_and_its_voxels_are_no_file_of_their_own(tmp_path, ending):
    header = struct.pack("<i", 348) + bytes(344)
    assert sniff(put(tmp_path, f"a.{ending}", header)) is Format.ANALYZE
    other = {"hdr": "img", "HDR": "IMG"}[ending]
    assert sniff(put(tmp_path, f"a.{other}", bytes(100))) is None


def test_a_pair_of_another_kind_is_refused_twice(tmp_path):
    put(tmp_path, "a.hdr", b"ENVI\nsamples = 3\n")
    put(tmp_path, "a.img", bytes(100))
    for ending in ("hdr", "img"):
        with pytest.raises(UnsupportedFormat, match=rf"a\.{ending}: a \.{ending} file"):
            sniff(tmp_path / f"a.{ending}")


def test_an_analyze_header_under_another_name_is_refused(tmp_path):
    with pytest.raises(UnsupportedFormat, match="an Analyze header, or NIfTI with the magic"):
        sniff(put(tmp_path, "a.nii", struct.pack("<i", 348) + bytes(344)))


def half_of_a_pair():
    content = bytearray(nifti_bytes(np.zeros((2, 3, 4), np.int16)))
    content[344:348] = b"ni1\0"
    return bytes(content)


def test_the_header_of_a_nifti_pair_is_nifti_under_its_name_alone(tmp_path):
    assert sniff(put(tmp_path, "a.hdr", half_of_a_pair())) is Format.NIFTI
    assert sniff(put(tmp_path, "a.hdr.gz", gzip.compress(half_of_a_pair()))) is Format.NIFTI
    with pytest.raises(UnsupportedFormat, match="under another name than"):
        sniff(put(tmp_path, "a.nii", half_of_a_pair()))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"NRRD0004\n", Format.NRRD),
        (b"ObjectType = Image\nNDims = 3\n", Format.META),
        (b"NDims = 3\n", Format.META),
        (b"II*\0" + bytes(20), Format.TIFF),
        (b"MM\0*" + bytes(20), Format.TIFF),
        (b"Comment = made by hand\nObjectType=Image\n", Format.META),
    ],
)
def test_headers_are_known_by_their_first_words(tmp_path, content, expected):
    assert sniff(put(tmp_path, "anything", content)) is expected


def test_nrrd_inside_gzip_is_refused(tmp_path):
    with pytest.raises(UnsupportedFormat, match="NRRD inside gzip"):
        sniff(put(tmp_path, "a.nrrd.gz", gzip.compress(b"NRRD0004\n" + bytes(600))))


def test_dicom_inside_gzip_is_refused(tmp_path):
    (path,) = write_series(tmp_path, np.zeros((1, 4, 4), np.int16))
    with pytest.raises(UnsupportedFormat, match="DICOM inside gzip"):
        sniff(put(tmp_path, "a.dcm.gz", gzip.compress(path.read_bytes())))


@pytest.mark.parametrize(
    ("name", "found", "is_gzip", "count"),
    [
        ("a.png", Format.PNG, False, 0),
        ("a.png", Format.JPEG, False, 1),
        ("a.nii.gz", Format.NIFTI, True, 0),
        ("a.nii", Format.NIFTI, True, 1),
        ("a.nii.gz", Format.NIFTI, False, 1),
        ("IM0001", Format.DICOM, False, 0),
    ],
)
def test_a_name_that_differs_from_the_content_is_a_warning(tmp_path, name, found, is_gzip, count):
    warnings = name_warning(tmp_path / name, found, is_gzip=is_gzip)
    assert [w.code for w in warnings] == ["name_differs"] * count


def test_nifti_2_is_known_single_and_as_a_header(tmp_path):
    content = bytearray(nifti_bytes(np.zeros((2, 3, 4), np.int16), is_nifti2=True))
    assert sniff(put(tmp_path, "a", bytes(content))) is Format.NIFTI
    content[4:8] = b"ni2\0"
    assert sniff(put(tmp_path, "a.hdr", bytes(content))) is Format.NIFTI


def test_the_voxels_of_a_header_with_a_damaged_magic_are_refused_with_it(tmp_path):
    content = bytearray(half_of_a_pair())
    content[344:348] = b"nX1\0"
    put(tmp_path, "a.hdr", bytes(content))
    put(tmp_path, "a.img", bytes(100))
    with pytest.raises(UnsupportedFormat, match="the magic b'nX1"):
        sniff(tmp_path / "a.hdr")
    with pytest.raises(UnsupportedFormat, match=r"a \.img file"):
        sniff(tmp_path / "a.img")
