"""A scan's sheets -> what the page's script needs to show them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medmask.report.row import address
from medmask.report.scan_account import Plane, Sheets, Window
from medmask.volume import Display

_CT_WINDOWS = (  # level and width in HU, as they are in use
    ("soft tissue", 40.0, 400.0),
    ("bone", 400.0, 1800.0),
    ("lung", -600.0, 1500.0),
    ("brain", 40.0, 80.0),
)
_SIDES = {
    "axial": ("I", "S"),
    "coronal": ("A", "P"),
    "sagittal": ("R", "L"),
}  # towards minus, plus


@dataclass(frozen=True)
class Preset:
    """A window to choose.

    Attributes
    ----------
    name : str
    level, width : float
        In native units.
    """

    name: str
    level: float
    width: float


def presets(sheets: Sheets, modality: str) -> list[Preset]:
    """Return the windows to choose from; the first is the one in which the scan was drawn."""
    low, high = sheets.window.low, sheets.window.high
    least, greatest = sheets.curve[0][0], sheets.curve[-1][0]
    found = [_between("as drawn", low, high)]
    if modality == "CT":
        found += [Preset(*window) for window in _CT_WINDOWS]
    else:
        middle = (low + high) / 2
        found += [_between("lower half", low, middle), _between("upper half", middle, high)]
    return [*found, _between("everything", least, greatest)]


def viewer_data(sheets: Sheets, folder: str) -> dict[str, object]:
    """Return what the script needs, as plain data.

    Parameters
    ----------
    sheets : Sheets
    folder : str
        Of the scan, below the output.

    Returns
    -------
    dict
        How many codes, from 0, are no image; the native value of all others, and its share of
        white in the scan's own window if that is curved; how each plane's sheets are placed in
        their frame; the layers.
    """
    natives, codes = zip(*sheets.curve, strict=True)
    outside = int(codes[0]) // 2  # lossy pictures blur codes by a few
    values = np.interp(np.arange(outside, 256), codes, natives)
    window = sheets.window
    return {
        "outside": outside,
        "natives": [float(f"{value:.6g}") for value in values],
        "inverted": window.inverted,
        "curved": _whites(window, values) if window.curve else None,
        "planes": [_plane(plane, folder) for plane in sheets.planes],
        "layers": [{"sheet": layer.sheet} for layer in sheets.layers],
    }


def _whites(window: Window, natives: NDArray[np.float64]) -> list[float]:
    display = Display(window.low, window.high, window.inverted, window.curve)
    return [round(float(share), 4) for share in display.share(natives)]


def _plane(plane: Plane, folder: str) -> dict[str, object]:
    """Say how a sheet lies behind its frame, in the words of CSS."""
    rows = -(-len(plane.slices) // plane.columns)
    high, wide = (100 * plane.margin_px / length for length in plane.tile_px)
    return {
        "count": len(plane.slices),
        "wide": plane.tile_px[1],
        "shape": round(plane.extent[1] / plane.extent[0], 5),
        "inset": f"-{high:.4f}% -{wide:.4f}%",
        "size": f"{100 * plane.columns}% {100 * rows}%",
        "places": [
            f"{_share(n % plane.columns, plane.columns)}% {_share(n // plane.columns, rows)}%"
            for n in range(len(plane.slices))
        ],
        "captions": [_caption(plane, n) for n in range(len(plane.slices))],
        "sheets": [f"../{address(f'{folder}/{name}')}" for name in (plane.grey, *plane.masks)],
    }


def _share(n: int, of: int) -> float:
    """Return a cell's place in the way CSS counts: 0 % the first of a row, 100 % the last."""
    return round(100 * n / (of - 1), 4) if of > 1 else 0


def _caption(plane: Plane, n: int) -> str:
    """Say where a slice lies: in mm towards a side of the body, and which of how many it is."""
    if plane.of == 1:
        return ""
    place = plane.positions_mm[n]
    which = f"{plane.slices[n] + 1} of {plane.of}"
    if place is None or plane.name not in _SIDES:
        return which
    side = _SIDES[plane.name][int(place >= 0)]
    return f"{side} {abs(place):.1f} mm, {which}"


def _between(name: str, low: float, high: float) -> Preset:
    return Preset(name, (low + high) / 2, high - low)
