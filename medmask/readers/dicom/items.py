"""The items of DICOM sequences, down to the elements that are asked for (PS3.5 7.5)."""

from __future__ import annotations

from dataclasses import dataclass, field

from medmask.readers.dicom.walk import (
    ITEM,
    ITEM_END,
    SEQUENCE_END,
    UNDEFINED,
    CutError,
    NonsenseError,
    Place,
    name_of,
    next_element,
    skip,
    value_of,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be read of a data set.

    Attributes
    ----------
    values : frozenset of int
        Tags, ``group << 16 | element``, whose raw value is kept.
    sequences : frozenset of int
        Tags of sequences that are opened; all others are passed over.
    """

    values: frozenset[int]
    sequences: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a sequence.

    Attributes
    ----------
    values : dict of int to bytes
        Raw values.
    sequences : dict of int to tuple of Item
    """

    values: dict[int, bytes] = field(default_factory=dict)
    sequences: dict[int, tuple[Item, ...]] = field(default_factory=dict)


def read_items(place: Place, header: tuple[int, bytes, int], wanted: Wanted) -> tuple[Item, ...]:
    """Read a sequence whose element header has just been read.

    Parameters
    ----------
    place : Place
    header : tuple of int, bytes and int
        Tag, VR and length.
    wanted : Wanted
        Holds at every depth.

    Raises
    ------
    CutError
        If the bytes end before the sequence.
    NonsenseError
        If something else than an item stands in it.
    """
    tag, vr, length = header
    end = _end(place, tag, length)
    # PS3.5 6.2.2 note 2: UN holds a sequence in implicit VR little endian
    inner = Place(place.stream, place.size, explicit=False, order="<") if vr == b"UN" else place
    items = []
    while end is None or place.stream.tell() < end:
        item, _, item_length = next_element(inner)
        if item == SEQUENCE_END and end is None:
            break
        if item != ITEM:
            raise NonsenseError(f"element {name_of(item)} stands where an item should")
        items.append(_read_item(inner, item_length, wanted))
    if end is not None and place.stream.tell() != end:
        raise NonsenseError(f"the items of {name_of(tag)} run past its end")
    return tuple(items)


def _read_item(place: Place, length: int, wanted: Wanted) -> Item:
    end = _end(place, ITEM, length)
    found = Item()
    while end is None or place.stream.tell() < end:
        header = next_element(place)
        tag, vr, size = header
        if tag == ITEM_END:
            break
        if tag in wanted.sequences:
            found.sequences[tag] = read_items(place, header, wanted)
        elif tag in wanted.values and size != UNDEFINED:
            found.values[tag] = value_of(place, tag, size)
        else:
            skip(place, tag, vr, size)
    return found


def _end(place: Place, tag: int, length: int) -> int | None:
    """Return where a value ends, ``None`` if a delimiter tells."""
    if length == UNDEFINED:
        return None
    end = place.stream.tell() + length
    if end > place.size:
        raise CutError(f"element {name_of(tag)} has {length} bytes, the file ends before")
    return end
