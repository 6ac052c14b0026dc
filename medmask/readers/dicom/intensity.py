"""From stored to native values: rescale, padding and display of a series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from medmask.errors import BadRescale, UnsupportedPixels
from medmask.outcome import ScanWarning
from medmask.readers.dicom.frame import StoredFrame
from medmask.readers.dicom.header import Header
from medmask.rescale import Rescale
from medmask.volume import Display, PaddingRange

_UNIT: Final = Rescale()


def rescale_of(header: Header) -> Rescale:
    """Return an instance's own line from stored to native values.

    Raises
    ------
    BadRescale
        If the slope is 0, or a CT has no rescale: no Hounsfield units can be had.
    UnsupportedPixels
        If a modality look-up table takes the line's place.

    References
    ----------
    DICOM PS3.3 C.11.1, Modality LUT; C.8.2.1, CT Image.
    """
    where, intensity = header.path.name, header.intensity
    slope, intercept = intensity.slope, intensity.intercept
    if intensity.modality_lut:
        found = "a Modality LUT Sequence (0028,3000)"
        raise UnsupportedPixels(where, found, "Rescale Slope and Intercept")
    if slope is None or intercept is None:
        if header.modality == "CT":
            found = "a CT without rescale: there are no Hounsfield units to be had"
            raise BadRescale(where, found, "(0028,1052) and (0028,1053)")
        if slope is None and intercept is None:
            return _UNIT
        raise BadRescale(where, "only one of rescale slope and intercept", "both or none")
    if slope == 0:
        raise BadRescale(where, "Rescale Slope (0028,1053) is 0", "any other slope")
    return Rescale(slope, intercept)


def padding_of(header: Header) -> PaddingRange | None:
    """Return the stored values that an instance declares as padding.

    References
    ----------
    DICOM PS3.3 C.7.5.1.1.2, Pixel Padding Value and Range Limit.
    """
    value, limit = header.intensity.padding, header.intensity.padding_limit
    if value is None:
        return None
    low, high = sorted((value, value if limit is None else limit))
    return PaddingRange(low, high)


def display_of(frame: StoredFrame, rescale: Rescale) -> tuple[Display, tuple[ScanWarning, ...]]:
    """Return how a radiograph is meant to be shown, in native values.

    Parameters
    ----------
    frame : StoredFrame
    rescale : Rescale
        The instance's line.

    Returns
    -------
    Display
        The first window, or the range of the stored bits if there is none.
    tuple of ScanWarning

    Raises
    ------
    UnsupportedPixels
        If only a look-up table or a sigmoid tells how to show it.

    References
    ----------
    DICOM PS3.3 C.11.2.1.2, Window Center and Window Width; C.11.2.1.3, VOI LUT Function.
    """
    where, intensity = frame.header.path.name, frame.header.intensity
    inverted = frame.header.layout.photometric == "MONOCHROME1"
    center, width = intensity.window_center, intensity.window_width
    if center is None or width is None:
        if intensity.voi_lut:
            raise UnsupportedPixels(where, "a VOI LUT Sequence without a window", "a window")
        return _whole_range(frame, rescale, inverted=inverted), ()
    if intensity.voi_function == "LINEAR_EXACT":
        low, high = center - width / 2, center + width / 2
    elif intensity.voi_function == "LINEAR":
        low, high = center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2
    else:
        found = f"VOI LUT Function {intensity.voi_function}"
        raise UnsupportedPixels(where, found, "LINEAR or LINEAR_EXACT")
    if low < high:
        return Display(low, high, inverted), ()
    message = f"window {center:g}/{width:g} shows nothing; the range of the stored bits is taken"
    whole = _whole_range(frame, rescale, inverted=inverted)
    return whole, (ScanWarning("window_ignored", message),)


def same_rescale(lines: Sequence[Rescale]) -> bool:
    """Tell whether all instances share one line."""
    return all(line == lines[0] for line in lines)


def _whole_range(frame: StoredFrame, rescale: Rescale, *, inverted: bool) -> Display:
    if frame.is_float:
        found = "floating point pixels without a window"
        raise UnsupportedPixels(frame.header.path.name, found, "a window (0028,1050)")
    low, high = sorted(rescale.native_of(end) for end in frame.stored_range)
    return Display(low, high, inverted)
