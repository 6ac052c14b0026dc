import pytest

from medmask.readers.dicom.codestream import frame_size, has_end

J2K = b"\xff\x4f\xff\x51\x00\x29\x00\x00" + b"".join(
    n.to_bytes(4, "big") for n in (70, 50, 6, 2, 70, 50, 0, 0)
)
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc3\x00\x0b\x10\x00\x32\x00\x46\x01\x01\x11\x00"


@pytest.mark.parametrize("padding", [b"", b"\0", b"\xff", b"\0\0\0"])
def test_padding_behind_the_end_marker_does_not_count(padding):
    assert has_end(b"\xff\xd8data\xff\xd9" + padding)


@pytest.mark.parametrize("encoded", [b"", b"\xff\xd8data", b"\xff\xd9data"])
def test_without_an_end_marker_there_is_no_end(encoded):
    assert not has_end(encoded)


@pytest.mark.parametrize("box", [b"", b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(40)])
def test_jpeg_2000_counts_from_its_offset(box):
    assert frame_size(box + J2K + b"\x00\x01") == (48, 64, 1)


def test_jpeg_is_walked_by_markers_over_fill_bytes():
    assert frame_size(JPEG) == (50, 70, 1)
    assert frame_size(JPEG.replace(b"\xff\xc3", b"\xff\xf7")) == (50, 70, 1)


@pytest.mark.parametrize("encoded", [b"", J2K[:30], JPEG[:9], b"\xff\xd8\x00" + bytes(20)])
def test_without_a_frame_header_there_is_no_size(encoded):
    assert frame_size(encoded) is None
