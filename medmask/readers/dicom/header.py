"""The facts of one DICOM instance that grouping, geometry and intensities rest on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, TypeVar

from medmask.errors import BadHeader, Damaged, Truncated
from medmask.readers.border import reading
from medmask.readers.dicom.decimals import decimals, integers
from medmask.readers.dicom.elements import BIG_ENDIAN, Elements, PixelSpan, read_elements
from medmask.readers.dicom.kinds import must_have_pixels, not_a_scan

_T = TypeVar("_T")

_TAGS: Final = {
    "transfer_syntax": 0x00020010,
    "meta_sop_class": 0x00020002,
    "image_type": 0x00080008,
    "sop_class": 0x00080016,
    "sop_instance": 0x00080018,
    "modality": 0x00080060,
    "thickness": 0x00180050,
    "echo_time": 0x00180081,
    "echo": 0x00180086,
    "spacing_between": 0x00180088,
    "imager_spacing": 0x00181164,
    "study_uid": 0x0020000D,
    "series_uid": 0x0020000E,
    "acquisition": 0x00200012,
    "position": 0x00200032,
    "orientation": 0x00200037,
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
    "window_center": 0x00281050,
    "window_width": 0x00281051,
    "intercept": 0x00281052,
    "slope": 0x00281053,
    "voi_function": 0x00281056,
    "modality_lut": 0x00283000,
    "voi_lut": 0x00283010,
    "shared_groups": 0x52009229,
    "frame_groups": 0x52009230,
}
_WANTED: Final = frozenset(_TAGS.values())

Triple = tuple[float, float, float]
Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Layout:
    """How one frame's pixels are stored; ``None`` where the header does not say.

    Attributes
    ----------
    rows, columns, samples, bits_allocated, bits_stored, high_bit : int or None
    frames : int
        Number of Frames, 1 if not given.
    signed : bool or None
    photometric : str
    functional_groups : bool
        Whether geometry and rescale are kept frame by frame (enhanced multi-frame).
    span : PixelSpan or None
        Where the pixel data lie.
    """

    rows: int | None
    columns: int | None
    samples: int | None
    bits_allocated: int | None
    bits_stored: int | None
    high_bit: int | None
    frames: int
    signed: bool | None
    photometric: str
    functional_groups: bool
    span: PixelSpan | None


@dataclass(frozen=True, slots=True)
class Intensity:
    """What stored values mean.

    Attributes
    ----------
    slope, intercept : float or None
        (0028,1053) and (0028,1052).
    padding, padding_limit : int or None
        (0028,0120) and (0028,0121), stored values.
    window_center, window_width : float or None
        The first window.
    voi_function : str
        (0028,1056), ``LINEAR`` if not given.
    modality_lut, voi_lut : bool
        Whether a look-up table is there.
    """

    slope: float | None
    intercept: float | None
    padding: int | None
    padding_limit: int | None
    window_center: float | None
    window_width: float | None
    voi_function: str
    modality_lut: bool
    voi_lut: bool


@dataclass(frozen=True, slots=True)
class Header:
    """One instance; lengths in mm, directions and positions in LPS+.

    Attributes
    ----------
    path : Path
    transfer_syntax, sop_class, sop_instance, study_uid, series_uid, modality : str
        Empty where the file does not say.
    image_type : tuple of str
    acquisition, echo : int or None
    echo_time : float or None
    orientation : tuple of six float or None
        Direction of a row (towards higher columns), then of a column.
    position : tuple of three float or None
        Centre of the first pixel.
    pixel_spacing, imager_spacing : tuple of two float or None
        Between rows, then between columns.
    thickness, spacing_between : float or None
    layout : Layout
    intensity : Intensity
    not_an_image : str
        What the instance is instead of a scan, empty if it may be one.
    fault : Damaged or None
        What is wrong with the instance although it can be told which series it belongs to. It
        stays in its series, so that the series fails and does not lose a slice silently.
    """

    path: Path
    transfer_syntax: str
    sop_class: str
    sop_instance: str
    study_uid: str
    series_uid: str
    modality: str
    image_type: tuple[str, ...]
    acquisition: int | None
    echo: int | None
    echo_time: float | None
    orientation: tuple[float, ...] | None
    position: Triple | None
    pixel_spacing: Pair | None
    imager_spacing: Pair | None
    thickness: float | None
    spacing_between: float | None
    layout: Layout
    intensity: Intensity
    not_an_image: str
    fault: Damaged | None


def read_header(path: Path) -> Header:
    """Read the header of a DICOM file, stopping before its pixels.

    Parameters
    ----------
    path : Path
        A regular file.

    Returns
    -------
    Header

    Raises
    ------
    BadHeader, Truncated
        If the file is damaged so early that it cannot be told which series it belongs to.
    NotRegular, Damaged
        If it is gone or cannot be read.
    """
    with reading(path.name):
        elements = read_elements(path, _WANTED)
    values = _Values(path.name, elements)
    header = _header(path, elements, values)
    if header.fault is not None and not header.series_uid:
        raise header.fault
    return header


class _Values:
    """Raw values by name, turned into numbers; the first fault met is kept."""

    def __init__(self, where: str, elements: Elements) -> None:
        self._where = where
        self._raw = elements.values
        self._order: Literal["big", "little"] = (
            "big" if elements.transfer_syntax == BIG_ENDIAN else "little"
        )
        self.fault: Damaged | None = None

    def text(self, name: str) -> str:
        raw = self._raw.get(_TAGS[name], b"")
        return raw.decode("ascii", "replace").strip(" \0")

    def has(self, name: str) -> bool:
        return _TAGS[name] in self._raw

    def floats(self, name: str, count: int) -> tuple[float, ...] | None:
        found = self._parsed(name, decimals)
        if found and len(found) != count:
            self.blame(BadHeader, f"{self._element(name)} has {len(found)} values", f"{count}")
            return None
        return found or None

    def triple(self, name: str) -> Triple | None:
        found = self.floats(name, 3)
        return None if found is None else (found[0], found[1], found[2])

    def pair(self, name: str) -> Pair | None:
        found = self.floats(name, 2)
        return None if found is None else (found[0], found[1])

    def first(self, name: str) -> float | None:
        found = self._parsed(name, decimals)
        return found[0] if found else None

    def integer(self, name: str) -> int | None:
        found = self._parsed(name, integers)
        return found[0] if found else None

    def short(self, name: str, *, signed: bool = False) -> int | None:
        """Return a 16-bit binary value."""
        raw = self._raw.get(_TAGS[name], b"")
        if not raw:
            return None
        if len(raw) < 2:
            self.blame(BadHeader, f"{self._element(name)} has {len(raw)} byte", "2 bytes")
            return None
        return int.from_bytes(raw[:2], self._order, signed=signed)

    def blame(self, error: type[Damaged], found: str, accepted: str) -> None:
        if self.fault is None:
            self.fault = error(self._where, found, accepted)

    def _parsed(self, name: str, parse: Callable[[bytes], tuple[_T, ...]]) -> tuple[_T, ...]:
        try:
            return parse(self._raw.get(_TAGS[name], b""))
        except ValueError as error:
            self.blame(BadHeader, f"{self._element(name)}: {error}", "numbers as in PS3.5 6.2")
            return ()

    @staticmethod
    def _element(name: str) -> str:
        tag = _TAGS[name]
        return f"({tag >> 16:04x},{tag & 0xFFFF:04x}) {name}"


def _header(path: Path, elements: Elements, values: _Values) -> Header:
    sop_class = values.text("sop_class") or values.text("meta_sop_class")
    layout = _layout(values, elements)
    not_an_image = not_a_scan(sop_class)
    whole = not elements.cut and layout.span is None
    if not not_an_image and whole and not _must_be_image(sop_class, values):
        not_an_image = "no pixel data"
    header = Header(
        path=path,
        transfer_syntax=elements.transfer_syntax,
        sop_class=sop_class,
        sop_instance=values.text("sop_instance"),
        study_uid=values.text("study_uid"),
        series_uid=values.text("series_uid"),
        modality=values.text("modality").upper(),
        image_type=tuple(part.strip() for part in values.text("image_type").split("\\")),
        acquisition=values.integer("acquisition"),
        echo=values.integer("echo"),
        echo_time=values.first("echo_time"),
        orientation=values.floats("orientation", 6),
        position=values.triple("position"),
        pixel_spacing=values.pair("pixel_spacing"),
        imager_spacing=values.pair("imager_spacing"),
        thickness=values.first("thickness"),
        spacing_between=values.first("spacing_between"),
        layout=layout,
        intensity=_intensity(values, signed=bool(layout.signed)),
        not_an_image=not_an_image,
        fault=None,
    )
    _judge(values, header, elements.cut)
    return header if values.fault is None else replace(header, fault=values.fault)


def _must_be_image(sop_class: str, values: _Values) -> bool:
    return must_have_pixels(sop_class) or (values.has("rows") and values.has("columns"))


def _judge(values: _Values, header: Header, cut: str) -> None:
    """Blame what no image can do without."""
    if cut:
        values.blame(Truncated, cut, "a whole DICOM file")
    if header.not_an_image:
        return
    layout = header.layout
    if not header.series_uid or not header.study_uid:
        values.blame(BadHeader, "no study or series UID", "(0020,000d) and (0020,000e)")
    if layout.span is None:
        values.blame(Truncated, "an image without pixel data", "(7fe0,0010), 8 or 9")
    for name, extent in (("Rows", layout.rows), ("Columns", layout.columns)):
        if not extent:
            found = "absent" if extent is None else "0"
            values.blame(BadHeader, f"{name} is {found}", f"{name} of at least 1")
    if layout.frames < 1:
        values.blame(BadHeader, f"Number of Frames is {layout.frames}", "at least 1")


def _layout(values: _Values, elements: Elements) -> Layout:
    signed = values.short("signed")
    frames = values.integer("frames")
    return Layout(
        rows=values.short("rows"),
        columns=values.short("columns"),
        samples=values.short("samples"),
        bits_allocated=values.short("bits_allocated"),
        bits_stored=values.short("bits_stored"),
        high_bit=values.short("high_bit"),
        frames=1 if frames is None else frames,
        signed=None if signed is None else signed == 1,
        photometric=values.text("photometric"),
        functional_groups=values.has("shared_groups") or values.has("frame_groups"),
        span=elements.pixels,
    )


def _intensity(values: _Values, *, signed: bool) -> Intensity:
    return Intensity(
        slope=values.first("slope"),
        intercept=values.first("intercept"),
        padding=values.short("padding", signed=signed),
        padding_limit=values.short("padding_limit", signed=signed),
        window_center=values.first("window_center"),
        window_width=values.first("window_width"),
        voi_function=values.text("voi_function") or "LINEAR",
        modality_lut=values.has("modality_lut"),
        voi_lut=values.has("voi_lut"),
    )
