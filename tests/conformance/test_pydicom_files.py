"""Every DICOM file that comes with pydicom is read as an oracle reads it, or refused by name."""

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from pydicom import dcmread
from pydicom.data import get_testdata_file

from medmask.errors import ScanError
from medmask.readers import ReadOptions, read, sniff
from medmask.scan import Scan

ROOT = Path(get_testdata_file("CT_small.dcm")).parent
FILES = {p.relative_to(ROOT).as_posix(): p for p in sorted(ROOT.rglob("*")) if p.is_file()}
COLOUR = ("colour_image", "3 samples a pixel; accepted: one intensity a pixel")
NO_SERIES = ("bad_header", "neither series nor instance UID; accepted: (0020,000e) or (0008,0018)")
PLAN = ("skipped", "a radiotherapy object: plan, dose or record; accepted: an image")
REPORT = ("skipped", "a structured report or key objects; accepted: an image")
SEGMENTATION = ("annotation", "a segmentation, an annotation; accepted: an image")
REASONS = {  # what was found, and what would be accepted
    "GDCMJ2K_TextGBR.dcm": COLOUR,
    "ExplVR_BigEnd.dcm": COLOUR,
    "examples_jpeg2k.dcm": COLOUR,
    "examples_rgb_color.dcm": COLOUR,
    "examples_ybr_color.dcm": COLOUR,  # 30 frames over time, too
    "examples_palette.dcm": ("colour_image", "PALETTE COLOR pixels; accepted: MONOCHROME1 or"),
    # its first VR is implicit, its transfer syntax explicit
    "SC_rgb_jpeg.dcm": ("bad_header", "(0008,0008) has no value representation of PS3.5 6.2"),
    "UN_sequence.dcm": NO_SERIES,  # these three are single elements
    "priv_SQ.dcm": NO_SERIES,
    "nested_priv_SQ.dcm": NO_SERIES,
    # the bytes of a delimiter stand where the code stream's width should
    "JPEG2000-embedded-sequence-delimiter.dcm": ("bad_header", "the header says 1024 x 256 x 1"),
    "MR_small_padded.dcm": ("bad_header", "8320 bytes of pixel data for 64 rows x 64 columns"),
    "MR_truncated.dcm": ("truncated", "8130 bytes of pixel data for 64 rows x 64 columns"),
    "rtplan_truncated.dcm": ("truncated", "(300a,00b0) has 976 bytes, the file ends before"),
    "badVR.dcm": ("bad_header", "(0028,0008) frames: '1A' is no integer string"),
    "meta_missing_tsyntax.dcm": ("bad_header", "no transfer syntax and no plausible elements"),
    "no_meta.dcm": ("bad_header", "it begins with b' \\x08\\x00\\x05"),  # its first byte is lost
    "zipMR.gz": ("unsupported_format", "DICOM inside gzip; accepted: DICOM as it is"),
    "ExplVR_BigEndNoMeta.dcm": PLAN,
    "ExplVR_LitEndNoMeta.dcm": PLAN,
    "no_meta_group_length.dcm": PLAN,
    "rtplan.dcm": PLAN,
    "rtdose.dcm": PLAN,
    "rtdose_1frame.dcm": PLAN,
    "rtdose_expb.dcm": PLAN,
    "rtdose_expb_1frame.dcm": PLAN,
    "rtdose_rle.dcm": PLAN,
    "rtdose_rle_1frame.dcm": PLAN,
    "rtstruct.dcm": ("annotation", "an RT structure set, an annotation; accepted: an image"),
    "liver_1frame.dcm": SEGMENTATION,
    "liver_expb_1frame.dcm": SEGMENTATION,
    "test-SR.dcm": REPORT,
    "reportsi.dcm": REPORT,
    "reportsi_with_empty_number_tags.dcm": REPORT,
    "waveform_ecg.dcm": ("skipped", "a waveform; accepted: an image"),
    "empty_charset_LEI.dcm": ("skipped", "no pixel data; accepted: an image"),
}
FAMILIES = (  # by a word in the path, where no file of that name has a reason of its own
    ("SC_", COLOUR),
    ("DICOMDIR", ("skipped", "a DICOMDIR, an index of other files; accepted: an image")),
    ("TINY_ALPHA", ("truncated", "an image without pixel data; accepted: (7fe0,0010), 8 or 9")),
)
READ_BY_GDCM = {  # pydicom's decoders do neither 12 bits nor JPEG-LS
    *("JPEG-lossy.dcm", "JPGExtended.dcm"),
    *("JPEGLSNearLossless_08.dcm", "JPEGLSNearLossless_16.dcm"),
}


def reason(name):
    families = (why for word, why in FAMILIES if word in name)
    return REASONS.get(name) or next(families, None)


def volume_of(path):
    return read(Scan("a", "a", "a", sniff(path), (path,)), ReadOptions())


def dicom_files():
    return [
        name for name in FILES if not name.endswith((".txt", ".json", ".dump", ".icc", "README"))
    ]


@pytest.mark.parametrize("name", [name for name in dicom_files() if reason(name) is None])
def test_pixels_are_those_of_the_oracle(name):
    volume = volume_of(FILES[name])
    if name in READ_BY_GDCM:
        expected = sitk.GetArrayFromImage(sitk.ReadImage(FILES[name]))[0]
    else:
        expected = dcmread(FILES[name]).pixel_array
    np.testing.assert_array_equal(volume.voxels[0], expected)


@pytest.mark.parametrize("name", [name for name in dicom_files() if reason(name) is not None])
def test_what_is_refused_is_refused_by_name(name):
    code, sentence = reason(name)
    with pytest.raises(ScanError) as caught:
        volume_of(FILES[name])
    assert caught.value.code == code
    message = str(caught.value)
    assert message.startswith(f"{FILES[name].name}: ")
    assert sentence in message
    assert "; accepted: " in message


def test_only_texts_and_profiles_are_no_dicom():
    others = set(FILES) - set(dicom_files())
    assert all(sniff(FILES[name]) is None for name in others)
    assert len(others) < 12
