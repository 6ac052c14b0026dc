"""Look-up tables of DICOM: from stored to native values, and from native values to the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from medmask.errors import BadHeader
from medmask.readers.border import reading
from medmask.readers.dicom.elements import read_elements
from medmask.readers.dicom.header import Header
from medmask.readers.dicom.items import Wanted
from medmask.readers.dicom.transfer_syntax import byte_order
from medmask.readers.dicom.values import TAGS
from medmask.volume import PaddingRange

OUTSIDE: Final = -1  # what padding becomes behind a table, whose entries are not negative
_DESCRIPTOR, _DATA = 0x00283002, 0x00283006


@dataclass(frozen=True, eq=False)
class Table:
    """A look-up table.

    Attributes
    ----------
    first : int
        The value that the first entry belongs to; lower ones have it too, higher ones the last.
    entries : ndarray of uint8 or uint16, shape (n,)
    bits : int
        Of an entry.
    """

    first: int
    entries: NDArray[Any]
    bits: int

    def dtype_with(self, padding: PaddingRange | None) -> np.dtype[Any]:
        """Return the type of looked-up values, which has room for padding where there is any."""
        return self.entries.dtype if padding is None else np.dtype(np.int32)

    def look_up(self, stored: NDArray[Any], padding: PaddingRange | None) -> NDArray[Any]:
        """Return the entries of stored values, same shape; padding becomes `OUTSIDE`."""
        index = np.clip(stored.astype(np.int64) - self.first, 0, self.entries.size - 1)
        found = self.entries[index].astype(self.dtype_with(padding), copy=False)
        if padding is not None:
            found[(stored >= padding.low) & (stored <= padding.high)] = OUTSIDE
        return found


def read_table(header: Header, name: Literal["modality_lut", "voi_lut"], *, signed: bool) -> Table:
    """Read the first table of a sequence.

    Parameters
    ----------
    header : Header
        Of a file that has the sequence.
    name : {"modality_lut", "voi_lut"}
    signed : bool
        Whether the values that are looked up are signed.

    Raises
    ------
    BadHeader
        If descriptor and data do not make a table.

    References
    ----------
    DICOM PS3.3 C.11.1.1.1, LUT Descriptor; C.11.1.1.2, LUT Data.
    """
    where, tag = header.path.name, TAGS[name]
    with reading(where):
        wanted = Wanted(frozenset({_DESCRIPTOR, _DATA}), frozenset({tag}))
        items = read_elements(header.path, wanted).sequences.get(tag, ())
    if not items:
        raise BadHeader(where, f"an empty {name.replace('_', ' ')} sequence", "one table")
    described, data = (items[0].values.get(key, b"") for key in (_DESCRIPTOR, _DATA))
    if len(described) != 6:
        raise BadHeader(where, f"a LUT descriptor of {len(described)} bytes", "three numbers")
    order = byte_order(header.transfer_syntax)
    count = int.from_bytes(described[:2], order) or 1 << 16
    first = int.from_bytes(described[2:4], order, signed=signed)
    bits = int.from_bytes(described[4:], order)
    if not 8 <= bits <= 16:
        raise BadHeader(where, f"LUT entries of {bits} bits", "8 to 16 bits")
    if bits == 8 and len(data) in {count, count + count % 2}:
        entries: NDArray[Any] = np.frombuffer(data[:count], np.uint8)
    elif len(data) == 2 * count:
        entries = np.frombuffer(data, ">u2" if order == "big" else "<u2").astype(np.uint16)
    else:
        raise BadHeader(where, f"{len(data)} bytes of LUT data for {count} entries", "all of them")
    if entries.max() >> bits:
        raise BadHeader(where, f"a LUT entry of {entries.max()}", f"entries of {bits} bits")
    return Table(first, entries, bits)
