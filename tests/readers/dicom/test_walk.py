import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medmask.errors import BadHeader
from medmask.readers.dicom.instance import read_header
from medmask.readers.dicom.walk import CutError, NonsenseError, Place, skip, walk
from tests.dicom_files import slice_dataset, write_slice
from tests.readers.dicom.test_header import PIXELS


def element(tag, value=b"ab"):
    return struct.pack("<HH2sH", tag >> 16, tag & 0xFFFF, b"LO", len(value)) + value


def tags_in(content):
    place = Place(io.BytesIO(content), len(content), explicit=True, order="<")
    found = []
    for tag, vr, length in walk(place):
        found.append(tag)
        skip(place, tag, vr, length)
    return found


def moved(path, tag, behind):
    """Move one element of a file behind another one."""
    content = path.read_bytes()
    at = content.index(struct.pack("<HH", tag >> 16, tag & 0xFFFF))
    size = 8 + struct.unpack_from("<H", content, at + 6)[0]
    piece, rest = content[at : at + size], content[:at] + content[at + size :]
    to = rest.index(struct.pack("<HH", behind >> 16, behind & 0xFFFF))
    to += 8 + struct.unpack_from("<H", rest, to + 6)[0]
    path.write_bytes(rest[:to] + piece + rest[to:])


def test_elements_that_a_writer_appended_are_read(tmp_path):
    path = write_slice(tmp_path / "a.dcm", slice_dataset(PIXELS, index=1))
    moved(path, 0x00200032, behind=0x00281053)  # the position behind the rescale
    header = read_header(path)
    assert header.fault is None
    assert header.position == (-10.0, -20.0, 32.5)
    assert header.intensity.intercept == -1024.0


def test_an_element_that_occurs_twice_is_a_bad_header(tmp_path):
    path = write_slice(tmp_path / "a.dcm", slice_dataset(PIXELS))
    content = path.read_bytes()
    at = content.index(struct.pack("<HH", 0x0028, 0x1053))
    path.write_bytes(content[:at] + content[at : at + 10] + content[at:])
    with pytest.raises(BadHeader, match=r"element \(0028,1053\) occurs twice"):
        read_header(path)


def test_many_elements_out_of_order_are_no_dicom():
    falling = b"".join(element(0x00280000 - k) for k in range(40))
    with pytest.raises(NonsenseError, match="comes after"):
        tags_in(falling)


@pytest.mark.parametrize("tag", [0x00000010, 0x00020010])
def test_an_element_of_no_data_set_is_nonsense(tag):
    with pytest.raises(NonsenseError, match="comes after"):
        tags_in(element(0x00100010) + element(tag))


@given(st.lists(st.integers(0x00080000, 0x7FDFFFFF), unique=True, max_size=40))
def test_elements_in_order_are_all_found(tags):
    assert tags_in(b"".join(element(tag) for tag in sorted(tags))) == sorted(tags)


@given(st.binary(min_size=1, max_size=200))
def test_bytes_without_value_representations_are_refused(noise):
    lower = noise.replace(b"\0", b"\1").lower()
    with pytest.raises((CutError, NonsenseError)):
        tags_in(lower)
