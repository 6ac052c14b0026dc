"""Raw values of DICOM elements, by name and as numbers."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from medmask.errors import BadHeader, Damaged
from medmask.readers.dicom.decimals import decimals, integers
from medmask.readers.dicom.header import Pair, Triple
from medmask.readers.dicom.items import Wanted
from medmask.readers.dicom.transfer_syntax import ByteOrder

_T = TypeVar("_T")

TAGS: Final = {
    "transfer_syntax": 0x00020010,
    "meta_sop_class": 0x00020002,
    "image_type": 0x00080008,
    "sop_class": 0x00080016,
    "sop_instance": 0x00080018,
    "modality": 0x00080060,
    "acquired": 0x00080032,
    "created": 0x00080033,
    "acquired_on": 0x0008002A,
    "thickness": 0x00180050,
    "kvp": 0x00180060,
    "trigger_time": 0x00181060,
    "kernel": 0x00181210,
    "echo_time": 0x00180081,
    "echo": 0x00180086,
    "spacing_between": 0x00180088,
    "imager_spacing": 0x00181164,
    "study_uid": 0x0020000D,
    "series_uid": 0x0020000E,
    "acquisition": 0x00200012,
    "position": 0x00200032,
    "orientation": 0x00200037,
    "frame_of_reference": 0x00200052,
    "samples": 0x00280002,
    "photometric": 0x00280004,
    "frames": 0x00280008,
    "rows": 0x00280010,
    "columns": 0x00280011,
    "pixel_spacing": 0x00280030,
    "bits_allocated": 0x00280100,
    "bits_stored": 0x00280101,
    "high_bit": 0x00280102,
    "signed": 0x00280103,
    "padding": 0x00280120,
    "padding_limit": 0x00280121,
    "float_padding": 0x00280122,
    "double_padding": 0x00280123,
    "float_padding_limit": 0x00280124,
    "double_padding_limit": 0x00280125,
    "window_center": 0x00281050,
    "window_width": 0x00281051,
    "intercept": 0x00281052,
    "slope": 0x00281053,
    "rescale_type": 0x00281054,
    "voi_function": 0x00281056,
    "modality_lut": 0x00283000,
    "voi_lut": 0x00283010,
    "temporal": 0x00200100,
    "concatenation": 0x00209161,
    "concatenation_offset": 0x00209228,
    "concatenation_total": 0x00209163,
    "frame_increment": 0x00280009,
    "frame_time": 0x00181063,
    "frame_time_vector": 0x00181065,
    "grid_offsets": 0x3004000C,
    "slice_vector": 0x00540080,
    "energy_windows": 0x00540011,
    "detectors": 0x00540021,
    "frame_type": 0x00089007,
    "stack_id": 0x00209056,
    "temporal_index": 0x00209128,
    "frame_acquisition": 0x00209156,
    "effective_echo_time": 0x00189082,
    "b_value": 0x00189087,
    "diffusion_direction": 0x00189089,
}
SHARED_GROUPS: Final = 0x52009229
FRAME_GROUPS: Final = 0x52009230
DETECTORS: Final = 0x00540022  # NM: position and orientation of the first slice
_CONVERTED: Final = (0x00209170, 0x00209171)  # legacy: attributes that have no macro
_MACROS: Final = (
    0x00289110,  # Pixel Measures
    0x00209113,  # Plane Position (Patient)
    0x00209116,  # Plane Orientation (Patient)
    0x00209111,  # Frame Content
    0x00289145,  # Pixel Value Transformation
    0x00289132,  # Frame VOI LUT
    0x00189226,  # MR Image Frame Type
    0x00189329,  # CT Image Frame Type
    0x00189751,  # PET Frame Type
    0x00189504,  # X-Ray 3D Frame Type
    0x00189114,  # MR Echo
    0x00189117,  # MR Diffusion
    0x00189076,  # Diffusion Gradient Direction, within the former
)
MACROS: Final = (*_CONVERTED, *_MACROS)  # what a macro says counts more than a leftover
OVERLAYS: Final = frozenset(0x60000010 + (group << 17) for group in range(16))  # Overlay Rows
WANTED: Final = Wanted(
    frozenset(TAGS.values()) | OVERLAYS,
    frozenset({SHARED_GROUPS, FRAME_GROUPS, DETECTORS, *MACROS}),
)


class Values:
    """Raw values by name, turned into numbers; the first fault met is kept."""

    def __init__(self, where: str, raw: Mapping[int, bytes], order: ByteOrder) -> None:
        self._where = where
        self._raw = raw
        self._order = order
        self.fault: Damaged | None = None

    def of(self, raw: Mapping[int, bytes]) -> Values:
        """Return other values of the same file, with no fault yet."""
        return Values(self._where, raw, self._order)

    def text(self, name: str) -> str:
        """Return a text, empty if it is absent."""
        raw = self._raw.get(TAGS[name], b"")
        return raw.decode("ascii", "replace").strip(" \0")

    def words(self, name: str) -> tuple[str, ...]:
        """Return a text of several values."""
        return tuple(part.strip() for part in self.text(name).split("\\"))

    def has(self, name: str) -> bool:
        """Tell whether an element is there, be it empty."""
        return TAGS[name] in self._raw

    def floats(self, name: str, count: int) -> tuple[float, ...] | None:
        """Return decimals, ``None`` if absent; another count is a fault."""
        found = self._parsed(name, decimals)
        if found and len(found) != count:
            self.blame(BadHeader, f"{self._element(name)} has {len(found)} values", f"{count}")
            return None
        return found or None

    def decimals(self, name: str) -> tuple[float, ...]:
        """Return any number of decimals."""
        return self._parsed(name, decimals)

    def triple(self, name: str) -> Triple | None:
        """Return three decimals."""
        found = self.floats(name, 3)
        return None if found is None else (found[0], found[1], found[2])

    def pair(self, name: str) -> Pair | None:
        """Return two decimals."""
        found = self.floats(name, 2)
        return None if found is None else (found[0], found[1])

    def one(self, name: str) -> float | None:
        """Return a decimal that has no others beside it."""
        found = self.floats(name, 1)
        return None if found is None else found[0]

    def first(self, name: str) -> float | None:
        """Return the first of any number of decimals."""
        found = self.decimals(name)
        return found[0] if found else None

    def integer(self, name: str) -> int | None:
        """Return the first of any number of integers."""
        found = self._parsed(name, integers)
        return found[0] if found else None

    def short(self, name: str) -> int | None:
        """Return a 16-bit binary value."""
        raw = self._raw.get(TAGS[name], b"")
        if not raw:
            return None
        if len(raw) < 2:
            self.blame(BadHeader, f"{self._element(name)} has {len(raw)} byte", "2 bytes")
            return None
        return int.from_bytes(raw[:2], self._order)

    def whole(self, name: str, *, signed: bool) -> int | None:
        """Return a binary whole number of 16 or 32 bits."""
        raw = self._raw.get(TAGS[name], b"")
        if len(raw) in {2, 4}:
            return int.from_bytes(raw, self._order, signed=signed)
        if raw:
            self.blame(BadHeader, f"{self._element(name)} has {len(raw)} bytes", "2 or 4 bytes")
        return None

    def real(self, name: str) -> float | None:
        """Return a binary floating point number of 32 or 64 bits."""
        raw = self._raw.get(TAGS[name], b"")
        order = ">" if self._order == "big" else "<"
        form = {4: "f", 8: "d"}.get(len(raw))
        return None if form is None else float(struct.unpack(order + form, raw)[0])

    def shorts(self, name: str) -> tuple[int, ...]:
        """Return any number of 16-bit binary values."""
        raw = self._raw.get(TAGS[name], b"")
        order = ">" if self._order == "big" else "<"
        return struct.unpack(f"{order}{len(raw) // 2}H", raw[: len(raw) // 2 * 2])

    def pointers(self, name: str) -> tuple[int, ...]:
        """Return the tags that an element points to."""
        parts = self.shorts(name)
        return tuple(a << 16 | b for a, b in zip(parts[::2], parts[1::2], strict=False))

    def long(self, name: str) -> int | None:
        """Return a 32-bit binary value."""
        raw = self._raw.get(TAGS[name], b"")
        return int.from_bytes(raw[:4], self._order) if len(raw) >= 4 else None

    def doubles(self, name: str) -> tuple[float, ...]:
        """Return 64-bit floating point values."""
        raw = self._raw.get(TAGS[name], b"")
        order = ">" if self._order == "big" else "<"
        return struct.unpack(f"{order}{len(raw) // 8}d", raw[: len(raw) // 8 * 8])

    def blame(self, error: type[Damaged], found: str, accepted: str) -> None:
        """Keep a fault, unless there is one already."""
        if self.fault is None:
            self.fault = error(self._where, found, accepted)

    def _parsed(self, name: str, parse: Callable[[bytes], tuple[_T, ...]]) -> tuple[_T, ...]:
        try:
            return parse(self._raw.get(TAGS[name], b""))
        except ValueError as error:
            self.blame(BadHeader, f"{self._element(name)}: {error}", "numbers as in PS3.5 6.2")
            return ()

    @staticmethod
    def _element(name: str) -> str:
        tag = TAGS[name]
        return f"({tag >> 16:04x},{tag & 0xFFFF:04x}) {name}"
