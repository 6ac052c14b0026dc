import io
import struct

import pytest

from medmask.errors import Damaged, Truncated
from medmask.readers.dicom.fragments import frame_fragments

SOI = b"\xff\xd8\xff\xe0"


def item(content, tag=(0xFFFE, 0xE000)):
    return struct.pack("<HHI", *tag, len(content)) + content


END = item(b"", (0xFFFE, 0xE0DD))


def frames_in(*items, frames, table=b""):
    content = b"head" + item(table) + b"".join(items)
    stream = io.BytesIO(content)
    found = frame_fragments(stream, 4, frames, "a.dcm")
    return [b"".join(content[f.offset : f.offset + f.length] for f in frame) for frame in found]


def test_a_frame_begins_with_its_code_stream():
    pieces = [SOI + b"one", b"more", SOI + b"two"]
    found = frames_in(*map(item, pieces), END, frames=2)
    assert found == [SOI + b"onemore", SOI + b"two"]


def test_an_offset_table_that_lies_is_of_no_matter():
    table = struct.pack("<2I", 0, 9999)
    assert frames_in(item(SOI), item(SOI), END, frames=2, table=table) == [SOI, SOI]


def test_fragments_without_beginnings_are_a_frame_each():
    assert frames_in(item(b"ab"), item(b"cd"), END, frames=2) == [b"ab", b"cd"]


def test_one_frame_takes_all_fragments():
    assert frames_in(item(b"ab"), item(b"cd"), END, frames=1) == [b"abcd"]


def test_fragments_that_are_all_there_need_no_delimiter():
    assert frames_in(item(b"ab"), frames=1) == [b"ab"]


@pytest.mark.parametrize(
    ("items", "frames", "sentence"),
    [
        ([item(SOI), item(SOI), END], 1, "2 fragments with 2 beginnings for 1 frames"),
        ([item(b"a"), item(b"b"), item(b"c"), END], 2, "3 fragments with 0 beginnings for 2"),
        ([END], 1, "0 fragments with 0 beginnings for 1 frames"),
        ([item(b"x", (0x0028, 0x0010))], 1, r"\(0028,0010\) among the fragments"),
    ],
)
def test_fragments_of_another_number_of_frames_are_damaged(items, frames, sentence):
    with pytest.raises(Damaged, match=sentence):
        frames_in(*items, frames=frames)


def test_a_fragment_that_ends_early_is_truncated():
    with pytest.raises(Truncated, match="2 of 4 bytes of a fragment"):
        frames_in(item(b"abcd")[:-2], frames=1)
