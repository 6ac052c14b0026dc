"""How a radiograph is meant to be shown, in native values."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from medmask.errors import UnsupportedPixels
from medmask.outcome import ScanWarning
from medmask.readers.dicom.frame import StoredFrame
from medmask.readers.dicom.tables import Table, read_table
from medmask.rescale import Rescale
from medmask.volume import Display

_SIGMOID_REACH: Final = 2.0  # widths on either side; 0.03 % of the range lie beyond
_SIGMOID_KNOTS: Final = 257  # within 0.02 levels of the curve


def display_of(
    frame: StoredFrame, rescale: Rescale, table: Table | None = None
) -> tuple[Display, tuple[ScanWarning, ...]]:
    """Return how a radiograph is meant to be shown, in native values.

    Parameters
    ----------
    frame : StoredFrame
    rescale : Rescale
        The instance's line.
    table : Table, optional
        The instance's modality table.

    Returns
    -------
    Display
        The first window, or the first table if there is no window, or else the range of the
        stored bits.
    tuple of ScanWarning

    Raises
    ------
    UnsupportedPixels
        If a table is not monotone, or a VOI LUT Function is unknown.

    References
    ----------
    DICOM PS3.3 C.11.2.1.1, VOI LUT; C.11.2.1.2, Window Center and Window Width; C.11.2.1.3, VOI
    LUT Function.
    """
    where, intensity = frame.header.path.name, frame.header.intensity
    inverted = frame.header.layout.photometric == "MONOCHROME1"
    center, width = intensity.window_center, intensity.window_width
    if center is None or width is None:
        if intensity.voi_lut:
            signed = frame.dtype.kind == "i" or rescale.intercept < 0
            shown = read_table(frame.header, "voi_lut", signed=signed)
            return _by_table(shown, where, inverted=inverted), ()
        return _whole_range(frame, rescale, table, inverted=inverted), ()
    if intensity.voi_function == "SIGMOID" and width > 0:
        return _sigmoid(center, width, inverted=inverted), ()
    if intensity.voi_function in {"LINEAR_EXACT", "SIGMOID"}:
        low, high = center - width / 2, center + width / 2
    elif intensity.voi_function == "LINEAR":
        low, high = center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2
    else:
        found = f"VOI LUT Function {intensity.voi_function}"
        raise UnsupportedPixels(where, found, "LINEAR, LINEAR_EXACT or SIGMOID")
    if low < high:
        return Display(low, high, inverted), ()
    message = f"window {center:g}/{width:g} shows nothing; the range of the stored bits is taken"
    whole = _whole_range(frame, rescale, table, inverted=inverted)
    return whole, (ScanWarning("window_ignored", message),)


def _whole_range(
    frame: StoredFrame, rescale: Rescale, table: Table | None, *, inverted: bool
) -> Display:
    if table is not None:
        return Display(0.0, float((1 << table.bits) - 1), inverted)
    if frame.is_float:
        found = "floating point pixels without a window"
        raise UnsupportedPixels(frame.header.path.name, found, "a window (0028,1050)")
    low, high = sorted(rescale.native_of(end) for end in frame.stored_range)
    return Display(low, high, inverted)


def _sigmoid(center: float, width: float, *, inverted: bool) -> Display:
    offsets = np.linspace(-_SIGMOID_REACH, _SIGMOID_REACH, _SIGMOID_KNOTS)
    shares = 1 / (1 + np.exp(-4 * offsets))
    return _curve(center + width * offsets, shares, inverted=inverted)


def _by_table(table: Table, where: str, *, inverted: bool) -> Display:
    """Return a monotone table as a curve, leaving out entries that lie on a line."""
    steps = np.diff(table.entries.astype(np.int64))
    if not ((steps >= 0).all() or (steps <= 0).all()) or not steps.any():
        found = "a VOI LUT Sequence that neither rises nor falls throughout"
        raise UnsupportedPixels(where, found, "a monotone table, or a window")
    bends = np.concatenate([[True], steps[1:] != steps[:-1], [True]])
    natives = table.first + np.flatnonzero(bends).astype(np.float64)
    shares = table.entries[bends] / float((1 << table.bits) - 1)
    if steps.min() < 0:
        return _curve(natives, 1 - shares, inverted=not inverted)
    return _curve(natives, shares, inverted=inverted)


def _curve(natives: NDArray[Any], shares: NDArray[Any], *, inverted: bool) -> Display:
    knots = tuple(zip(natives.tolist(), shares.tolist(), strict=True))
    return Display(knots[0][0], knots[-1][0], inverted, knots)
