import io
import struct

import pytest

from medmask.readers.dicom.items import Wanted, read_items
from medmask.readers.dicom.walk import CutError, NonsenseError, Place, next_element

OUTER, INNER, LEAF, OTHER = 0x00289110, 0x00189076, 0x00280030, 0x00280031
WANTED = Wanted(frozenset({LEAF}), frozenset({OUTER, INNER}))
UNDEFINED = 0xFFFFFFFF


def element(tag, value, length=None):
    size = len(value) if length is None else length
    return struct.pack("<HHI", tag >> 16, tag & 0xFFFF, size) + value


def item(value, *, delimited=False):
    if delimited:
        return element(0xFFFEE000, value, UNDEFINED) + element(0xFFFEE00D, b"")
    return element(0xFFFEE000, value)


def sequence(tag, *items, delimited=False):
    content = b"".join(items)
    if delimited:
        return element(tag, content, UNDEFINED) + element(0xFFFEE0DD, b"")
    return element(tag, content)


def items_of(content):
    place = Place(io.BytesIO(content), len(content), explicit=False, order="<")
    return read_items(place, next_element(place), WANTED)


@pytest.mark.parametrize("outer", [False, True])
@pytest.mark.parametrize("inner", [False, True])
def test_items_are_read_however_their_end_is_told(outer, inner):
    leaf = element(LEAF, b"1\\2 ")
    nested = sequence(INNER, item(leaf, delimited=inner), delimited=inner)
    content = item(element(OTHER, b"no") + leaf + nested, delimited=outer)
    one, two = items_of(sequence(OUTER, content, item(b""), delimited=outer))
    assert one.values == {LEAF: b"1\\2 "}
    assert one.sequences[INNER][0].values == {LEAF: b"1\\2 "}
    assert two.values == {}


def test_other_sequences_are_passed_over():
    strange = sequence(0x00080005, item(element(LEAF, b"no"), delimited=True), delimited=True)
    (one,) = items_of(sequence(OUTER, item(strange + element(LEAF, b"3"))))
    assert one.values == {LEAF: b"3"}


def test_something_else_than_an_item_is_nonsense():
    with pytest.raises(NonsenseError, match=r"\(0028,0030\) stands where an item should"):
        items_of(sequence(OUTER, element(LEAF, b"1")))


def test_an_item_longer_than_its_sequence_is_nonsense():
    content = element(OUTER, item(element(LEAF, b"12"))[:-2]) + b"12"
    with pytest.raises(NonsenseError, match="run past its end"):
        items_of(content)


def test_a_sequence_longer_than_the_file_is_cut():
    with pytest.raises(CutError, match="the file ends before"):
        items_of(sequence(OUTER, item(element(LEAF, b"12")))[:-1])
