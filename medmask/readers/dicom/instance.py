"""One DICOM file as its header."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

from medmask.errors import BadHeader, Truncated
from medmask.readers.border import reading
from medmask.readers.dicom.elements import (
    DOUBLE_PIXELS,
    FLOAT_PIXELS,
    Elements,
    read_elements,
)
from medmask.readers.dicom.frame_axis import frame_axis
from medmask.readers.dicom.functional_groups import diffusion_of, has_groups, read_frames_facts
from medmask.readers.dicom.header import Frame, FrameAxis, Header, Intensity, Layout, Piece
from medmask.readers.dicom.kinds import modality_of, must_have_pixels, not_a_scan
from medmask.readers.dicom.plain_frames import plain_frames
from medmask.readers.dicom.transfer_syntax import byte_order
from medmask.readers.dicom.values import OVERLAYS, WANTED, Values


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
        elements = read_elements(path, WANTED)
    values = Values(path.name, elements.values, byte_order(elements.transfer_syntax))
    header = _header(path, elements, values)
    if header.fault is not None and not header.series_uid:
        raise header.fault
    return header


def _header(path: Path, elements: Elements, values: Values) -> Header:
    sop_class = values.text("sop_class") or values.text("meta_sop_class")
    # an instance that names no series is one by itself; what is cut may have named one further on
    series_uid = values.text("series_uid") or ("" if elements.cut else values.text("sop_instance"))
    layout = _layout(values, elements)
    not_an_image = not_a_scan(sop_class)
    whole = not elements.cut and layout.span is None
    if not not_an_image and whole and not _must_be_image(sop_class, values):
        not_an_image = "no pixel data"
    frames = () if not_an_image or elements.cut else _frames(elements, layout, values)
    axis = _axis(elements, values, sop_class, frames)
    # the instance's own position would be that of its first slice only
    is_first = axis is FrameAxis.SLICES and len(frames) > 1 and not has_groups(elements)
    header = Header(
        path=path,
        transfer_syntax=elements.transfer_syntax,
        sop_class=sop_class,
        sop_instance=values.text("sop_instance"),
        study_uid=values.text("study_uid") or series_uid,
        series_uid=series_uid,
        modality=values.text("modality").upper() or modality_of(sop_class),
        image_type=tuple(part.strip() for part in values.text("image_type").split("\\")),
        acquisition=values.integer("acquisition"),
        echo=values.integer("echo"),
        temporal=values.integer("temporal"),
        echo_time=values.first("echo_time"),
        trigger_time=values.first("trigger_time"),
        acquired=values.text("acquired_on") or values.text("acquired"),
        created=values.text("created"),
        kvp=values.first("kvp"),
        kernel=values.text("kernel"),
        stack_id="",
        diffusion=diffusion_of(values),
        orientation=None if is_first else values.floats("orientation", 6),
        position=None if is_first else values.triple("position"),
        pixel_spacing=values.pair("pixel_spacing"),
        imager_spacing=values.pair("imager_spacing"),
        thickness=values.first("thickness"),
        spacing_between=values.first("spacing_between"),
        layout=layout,
        intensity=_intensity(values, layout),
        frames=frames,
        frame=None,
        frame_axis=axis,
        piece=_piece(values),
        frame_of_reference=values.text("frame_of_reference"),
        has_overlays=not OVERLAYS.isdisjoint(elements.values),
        not_an_image=not_an_image,
        fault=None,
    )
    _judge(values, header, elements.cut)
    return header if values.fault is None else replace(header, fault=values.fault)


def _frames(elements: Elements, layout: Layout, values: Values) -> tuple[Frame, ...]:
    if has_groups(elements):
        return read_frames_facts(elements, layout, values)
    return plain_frames(elements, layout, values) if layout.frames > 1 else ()


def _axis(
    elements: Elements, values: Values, sop_class: str, frames: tuple[Frame, ...]
) -> FrameAxis:
    if len(frames) < 2:
        return FrameAxis.SLICES
    is_placed = any(frame.position is not None for frame in frames)
    return frame_axis(values, sop_class, is_placed=is_placed, has_groups=has_groups(elements))


def _piece(values: Values) -> Piece | None:
    uid = values.text("concatenation")
    if not uid:
        return None
    return Piece(uid, values.long("concatenation_offset"), values.short("concatenation_total"))


def _must_be_image(sop_class: str, values: Values) -> bool:
    return must_have_pixels(sop_class) or (values.has("rows") and values.has("columns"))


def _judge(values: Values, header: Header, cut: str) -> None:
    """Blame what no image can do without."""
    if cut:
        values.blame(Truncated, cut, "a whole DICOM file")
    if header.not_an_image:
        return
    layout = header.layout
    if not header.series_uid:
        values.blame(BadHeader, "neither series nor instance UID", "(0020,000e) or (0008,0018)")
    if layout.span is None:
        values.blame(Truncated, "an image without pixel data", "(7fe0,0010), 8 or 9")
    for name, extent in (("Rows", layout.rows), ("Columns", layout.columns)):
        if not extent:
            found = "absent" if extent is None else "0"
            values.blame(BadHeader, f"{name} is {found}", f"{name} of at least 1")
    if layout.frames < 1:
        values.blame(BadHeader, f"Number of Frames is {layout.frames}", "at least 1")


def _layout(values: Values, elements: Elements) -> Layout:
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
        span=elements.pixels,
    )


def _padding(values: Values, layout: Layout, end: Literal["", "_limit"]) -> float | None:
    """Return an end of the padding range; floating point pixels have elements of their own."""
    tag = None if layout.span is None else layout.span.tag
    if tag == FLOAT_PIXELS:
        return values.real(f"float_padding{end}")
    if tag == DOUBLE_PIXELS:
        return values.real(f"double_padding{end}")
    return values.whole(f"padding{end}", signed=bool(layout.signed))


def _intensity(values: Values, layout: Layout) -> Intensity:
    return Intensity(
        slope=values.one("slope"),
        intercept=values.one("intercept"),
        rescale_type=values.text("rescale_type").upper(),
        padding=_padding(values, layout, ""),
        padding_limit=_padding(values, layout, "_limit"),
        window_center=values.first("window_center"),
        window_width=values.first("window_width"),
        voi_function=values.text("voi_function") or "LINEAR",
        modality_lut=values.has("modality_lut"),
        voi_lut=values.has("voi_lut"),
    )
