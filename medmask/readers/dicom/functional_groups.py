"""What each frame of a multi-frame instance says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from medmask.errors import BadHeader
from medmask.readers.dicom.elements import Elements
from medmask.readers.dicom.header import Frame, Header, Layout
from medmask.readers.dicom.items import Item
from medmask.readers.dicom.values import FRAME_GROUPS, MACROS, SHARED_GROUPS, Values


def has_groups(elements: Elements) -> bool:
    """Tell whether an instance says of its frames what functional groups say."""
    return SHARED_GROUPS in elements.sequences or FRAME_GROUPS in elements.sequences


def read_frames_facts(elements: Elements, layout: Layout, values: Values) -> tuple[Frame, ...]:
    """Return what the functional groups say, frame by frame.

    Parameters
    ----------
    elements : Elements
    layout : Layout
    values : Values
        Blamed for what is wrong in the groups.

    Returns
    -------
    tuple of Frame
        In the order of the pixels; empty if there is not one group for each frame.

    References
    ----------
    DICOM PS3.3 C.7.6.16, Multi-frame Functional Groups.
    """
    shared = elements.sequences.get(SHARED_GROUPS, ())[:1]
    each = elements.sequences.get(FRAME_GROUPS, ())
    if not each and layout.frames == 1:
        each = (Item(),)
    if len(each) != layout.frames:
        found = f"{len(each)} items of Per-Frame Functional Groups for {layout.frames} frames"
        values.blame(BadHeader, found, "one for each frame")
        return ()
    common = _flat(shared)
    return tuple(_frame(values.of({**common, **_flat([item])}), values) for item in each)


def diffusion_of(values: Values) -> str:
    """Return b-value and direction of a diffusion gradient as a text, empty if not stated."""
    numbers = [*values.doubles("b_value")[:1], *values.doubles("diffusion_direction")]
    return " ".join(f"{number:.6g}" for number in numbers)


def expanded(header: Header) -> tuple[Header, ...]:
    """Return a header for each frame of an instance, or the header alone if it has no groups."""
    if not header.frames:
        return (header,)
    return tuple(_of_frame(header, index) for index in range(len(header.frames)))


def _flat(items: Sequence[Item]) -> dict[int, bytes]:
    """Return the elements of all macros; they share no tag, and hold one item each."""
    found: dict[int, bytes] = {}
    for item in items:
        for macro in MACROS:
            for inner in item.sequences.get(macro, ())[:1]:
                found.update(inner.values)
                found.update(_flat([inner]))
    return found


def _frame(values: Values, instance: Values) -> Frame:
    frame_type = values.text("frame_type")
    echo = values.doubles("effective_echo_time")
    frame = Frame(
        position=values.triple("position"),
        orientation=values.floats("orientation", 6),
        pixel_spacing=values.pair("pixel_spacing"),
        thickness=values.first("thickness"),
        spacing_between=values.first("spacing_between"),
        slope=values.one("slope"),
        intercept=values.one("intercept"),
        rescale_type=values.text("rescale_type").upper(),
        window_center=values.first("window_center"),
        window_width=values.first("window_width"),
        voi_function=values.text("voi_function"),
        image_type=tuple(part.strip() for part in frame_type.split("\\")) if frame_type else (),
        echo_time=echo[0] if echo else values.first("echo_time"),
        acquisition=values.short("frame_acquisition"),
        temporal=values.long("temporal_index"),
        stack_id=values.text("stack_id"),
        diffusion=diffusion_of(values),
    )
    if values.fault is not None and instance.fault is None:
        instance.fault = values.fault
    return frame


def _of_frame(header: Header, index: int) -> Header:
    frame, intensity = header.frames[index], header.intensity
    has_window = frame.window_center is not None
    return replace(
        header,
        frames=(),
        frame=index,
        position=frame.position or header.position,
        orientation=frame.orientation or header.orientation,
        pixel_spacing=frame.pixel_spacing or header.pixel_spacing,
        thickness=header.thickness if frame.thickness is None else frame.thickness,
        spacing_between=frame.spacing_between or header.spacing_between,
        image_type=frame.image_type or header.image_type,
        echo_time=header.echo_time if frame.echo_time is None else frame.echo_time,
        acquisition=header.acquisition if frame.acquisition is None else frame.acquisition,
        temporal=header.temporal if frame.temporal is None else frame.temporal,
        stack_id=frame.stack_id,
        diffusion=frame.diffusion or header.diffusion,
        intensity=replace(
            intensity,
            slope=intensity.slope if frame.slope is None else frame.slope,
            intercept=intensity.intercept if frame.intercept is None else frame.intercept,
            rescale_type=frame.rescale_type or intensity.rescale_type,
            window_center=frame.window_center if has_window else intensity.window_center,
            window_width=frame.window_width if has_window else intensity.window_width,
            voi_function=frame.voi_function or intensity.voi_function,
        ),
    )
