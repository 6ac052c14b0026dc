"""The text of a NRRD header: its fields, its axes and its types."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from medmask.errors import BadHeader, UnsupportedPixels
from medmask.readers.arrays.text_header import LARGEST_HEADER, TextHeader, numbers_of, positive

_TYPES: Final = {  # format.html, section 5, "type"
    "i1": ("signed char", "int8", "int8_t"),
    "u1": ("uchar", "unsigned char", "uint8", "uint8_t"),
    "i2": ("short", "short int", "signed short", "signed short int", "int16", "int16_t"),
    "u2": ("ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"),
    "i4": ("int", "signed int", "int32", "int32_t"),
    "u4": ("uint", "unsigned int", "uint32", "uint32_t"),
    "i8": (
        *("longlong", "long long", "long long int", "signed long long", "signed long long int"),
        *("int64", "int64_t"),
    ),
    "u8": ("ulonglong", "unsigned long long", "unsigned long long int", "uint64", "uint64_t"),
    "f4": ("float",),
    "f8": ("double",),
}
_BY_NAME: Final = {name: code for code, names in _TYPES.items() for name in names}
_FIELDS: Final = frozenset(
    {"content", "type", "block size", "dimension", "space", "space dimension", "sizes", "spacings"}
    | {"thicknesses", "axis mins", "axis maxs", "centers", "labels", "units", "min", "max"}
    | {"old min", "old max", "data file", "endian", "encoding", "line skip", "byte skip", "number"}
    | {"sample units", "space units", "space origin", "space directions", "measurement frame"}
    | {"kinds"}
)
_SPELLINGS: Final = {  # names that mean the same
    "axismins": "axis mins",
    "axismaxs": "axis maxs",
    "blocksize": "block size",
    "byteskip": "byte skip",
    "centerings": "centers",
    "datafile": "data file",
    "lineskip": "line skip",
    "oldmin": "old min",
    "oldmax": "old max",
    "sampleunits": "sample units",
}


@dataclass(frozen=True, eq=False)
class Axis:
    """One axis of the array.

    Attributes
    ----------
    count : int
        Samples along it.
    kind : str
        Lower case; empty if it is not stated.
    step : ndarray or None
        One step in the header's space; ``None`` if the axis has none there.
    """

    count: int
    kind: str
    step: NDArray[np.float64] | None


def parse_nrrd(content: bytes, where: str) -> TextHeader:
    """Return the fields of a NRRD header and the keys of its own that a program has added.

    Parameters
    ----------
    content : bytes
        The file from its beginning.
    where : str
        Names the file in errors.

    Returns
    -------
    TextHeader
        Fields by their names in the format's description; added keys with ``:=`` in front.

    Raises
    ------
    BadHeader
        If a line is neither a field, a key nor a comment, or a field comes twice.

    References
    ----------
    Definition of NRRD File Format, https://teem.sourceforge.net/nrrd/format.html
    """
    text, end = _header_text(content, where)
    fields: dict[str, str] = {}
    for line in text.splitlines()[1:]:
        if not line or line.startswith("#"):
            continue
        key = re.match(r"([^:]*):=(.*)", line)
        field = re.match(r"([^:]+): *(.*)", line)
        if key is not None:
            fields[f":={key[1]}"] = key[2]
            continue
        name = field[1].strip().lower() if field is not None else ""
        name = _SPELLINGS.get(name, name)
        if field is None or name not in _FIELDS:
            raise BadHeader(where, f"the line {line[:60]!r}", "the fields of NRRD 5")
        if name in fields:
            raise BadHeader(where, f"the field {name!r} twice", "each field once")
        fields[name] = field[2].strip()
        if name == "data file" and fields[name].startswith("LIST"):
            break  # what follows are names of files, not fields
    return TextHeader(where, MappingProxyType(fields), end)


def axes_of(header: TextHeader) -> list[Axis]:
    """Return the axes, the fastest first.

    Raises
    ------
    BadHeader
        If fields disagree on how many there are.
    """
    sizes = positive(header.integers("sizes"), "sizes", header.where)
    kinds = header.text("kinds").lower().split() or [""] * len(sizes)
    steps = vectors(header, "space directions") or [None] * len(sizes)
    dimension = header.integers("dimension")
    if not dimension == (len(sizes),) == (len(kinds),) == (len(steps),):
        found = f"dimension {header.text('dimension')}, {len(sizes)} sizes, {len(kinds)} kinds"
        raise BadHeader(header.where, f"{found}, {len(steps)} directions", "as many of each")
    return [
        Axis(count, "" if kind in {"???", "none"} else kind, step)
        for count, kind, step in zip(sizes, kinds, steps, strict=True)
    ]


def vectors(header: TextHeader, name: str) -> list[NDArray[np.float64] | None]:
    """Return a field of vectors, with ``None`` for ``none``.

    Raises
    ------
    BadHeader
        If it is no list of vectors.
    """
    text = header.text(name)
    parts = re.findall(r"\([^()]*\)|none|\S+", text)
    found: list[NDArray[np.float64] | None] = []
    for part in parts:
        if part == "none":
            found.append(None)
        elif part.startswith("("):
            words = part.strip("()").split(",")
            found.append(np.array(numbers_of(words, name, header.where)))
        else:
            raise BadHeader(header.where, f"{name!r} is {text[:80]!r}", "vectors such as (1,0,0)")
    return found


def type_of(header: TextHeader) -> np.dtype[Any]:
    """Return the type of a sample, with the file's byte order.

    Raises
    ------
    BadHeader, UnsupportedPixels
        If the type is unknown or no number; if the byte order is needed and missing.
    """
    word = header.demand("type").lower()
    if word == "block":
        raise UnsupportedPixels(header.where, "blocks of bytes", "numbers")
    if word not in _BY_NAME:
        raise BadHeader(header.where, f"the type {word!r}", "a type of NRRD 5")
    plain = np.dtype(_BY_NAME[word])
    if plain.itemsize == 1:
        return plain
    endian = header.text("endian").lower()
    if endian not in {"little", "big"}:
        raise BadHeader(header.where, f"the field endian is {endian!r}", "little or big")
    return plain.newbyteorder("<" if endian == "little" else ">")


def _header_text(content: bytes, where: str) -> tuple[str, int]:
    """Return the text up to the first empty line, which a detached header need not have."""
    end = re.search(rb"\r?\n\r?\n", content)
    if end is None and len(content) >= LARGEST_HEADER:
        raise BadHeader(where, f"no end of the header in {LARGEST_HEADER} bytes", "an empty line")
    stop = len(content) if end is None else end.start()
    return content[:stop].decode("utf-8", "replace"), stop if end is None else end.end()
