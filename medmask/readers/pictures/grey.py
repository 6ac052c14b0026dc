"""The grey of a picture's channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from medmask.errors import IsAnnotation
from medmask.outcome import ScanWarning

A_SCAN: Final = "a grey picture of a scan"
_LUMINANCE: Final = (19595, 38470, 7471)  # 0.299, 0.587, 0.114 of ITU-R BT.601 in 65536ths
_ONE: Final = 1 << 16
_BLOCK: Final = 256  # rows turned at a time


@dataclass(frozen=True, eq=False)
class Grey:
    """Grey values, and what was left out to have them.

    Attributes
    ----------
    pixels : ndarray, shape (rows, columns)
        uint8 or uint16.
    is_colour : bool
        Whether they are the luminance of colours.
    warnings : tuple of ScanWarning
    """

    pixels: NDArray[Any]
    is_colour: bool = False
    warnings: tuple[ScanWarning, ...] = ()


def grey_of(channels: NDArray[Any]) -> Grey:
    """Return equal channels as they are, and the luminance of different ones with a warning.

    Parameters
    ----------
    channels : ndarray, shape (rows, columns, 1 or 3)
        uint8 or uint16.

    References
    ----------
    ITU-R BT.601-7, 2.5.1.
    """
    first = channels[..., 0]
    if all(np.array_equal(channels[..., k], first) for k in range(1, channels.shape[-1])):
        return Grey(first)
    message = "the picture is coloured; its luminance (ITU-R BT.601) was taken"
    return Grey(_luminance(channels), True, (ScanWarning("colour_to_grey", message),))


def grey_under(channels: NDArray[Any], where: str) -> Grey:
    """Return the grey under an alpha channel; a drawing with varying opacity is a layer.

    Parameters
    ----------
    channels : ndarray, shape (rows, columns, 2 or 4)
        The last one is opacity.
    where : str
        Names the file in errors.

    Raises
    ------
    IsAnnotation
        If colours, or one grey value alone, are drawn with varying opacity; or if nothing is seen.
    """
    colours, alpha = channels[..., :-1], channels[..., -1]
    level = alpha.flat[0]
    if (alpha == level).all() and level > 0:
        is_opaque = level == np.iinfo(alpha.dtype).max
        grey = grey_of(colours)
        left_out = () if is_opaque else transparency_warning()
        return Grey(grey.pixels, grey.is_colour, (*grey.warnings, *left_out))
    shown = colours[alpha > 0]
    if colours.shape[-1] == 3 or shown.size == 0 or bool((shown == shown[0]).all()):
        raise IsAnnotation(where, "a layer whose opacity varies", A_SCAN)
    return Grey(colours[..., 0], warnings=transparency_warning())


def transparency_warning() -> tuple[ScanWarning, ...]:
    """Return the warning that opacity was not looked at."""
    message = "transparency was left out; the grey values under it were taken"
    return (ScanWarning("transparency_ignored", message),)


def _luminance(channels: NDArray[Any]) -> NDArray[Any]:
    """Return weighted sums, rounded; 65536 * 65535 still fits into 32 bits."""
    grey = np.empty(channels.shape[:2], channels.dtype)
    weights = np.array(_LUMINANCE, np.uint32)
    for start in range(0, len(grey), _BLOCK):
        rows = slice(start, start + _BLOCK)
        total = (channels[rows].astype(np.uint32) * weights).sum(axis=-1, dtype=np.uint32)
        grey[rows] = (total + np.uint32(_ONE // 2)) // np.uint32(_ONE)
    return grey
