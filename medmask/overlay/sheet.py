"""Rows of pictures on one dark sheet, with letters, captions, scale bars and a legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from medmask.overlay.layer import LayerStyle
from medmask.overlay.tile import Tile

CELL_PX = 384
MARGIN_PX = 22  # around a picture, for the letters
CAPTION_PX = 30
LEGEND_PX = 44
_EDGE = 16
_BAR_PX = 96  # the longest scale bar
_GAP_PX = 28  # between the keys of the legend
_LONGEST_NAME = 24  # characters of a key

PAPER = (17, 19, 23)
INK = (226, 229, 234)
FAINT = (146, 152, 162)


@dataclass(frozen=True)
class Key:
    """One entry of a legend.

    Attributes
    ----------
    name : str
    style : LayerStyle
    is_here : bool
        Whether the scan holds anything of it.
    """

    name: str
    style: LayerStyle
    is_here: bool


@dataclass(frozen=True)
class Legend:
    """What stands at the foot of a sheet.

    Attributes
    ----------
    keys : tuple of Key
        From the bottom layer up.
    note : str
        How grey is to be read.
    """

    keys: tuple[Key, ...]
    note: str


def draw_sheet(rows: Sequence[Sequence[Tile]], legend: Legend) -> NDArray[np.uint8]:
    """Return the sheet, shape (height, width, 3); cells are as wide as the longest row needs."""
    heights = [max(tile.rgb.shape[0] for tile in row) + 2 * MARGIN_PX + CAPTION_PX for row in rows]
    width = CELL_PX * max(len(row) for row in rows) + 2 * _EDGE
    sheet = Image.new("RGB", (width, sum(heights) + LEGEND_PX + _EDGE), PAPER)
    draw = ImageDraw.Draw(sheet)
    top = _EDGE // 2
    for row, height in zip(rows, heights, strict=True):
        for column, tile in enumerate(row):
            _place(sheet, draw, tile, (_EDGE + column * CELL_PX, top))
        top += height
    _draw_legend(draw, legend, (_EDGE + MARGIN_PX, top + LEGEND_PX // 2, width))
    return np.asarray(sheet)


def _place(
    sheet: Image.Image, draw: ImageDraw.ImageDraw, tile: Tile, corner: tuple[int, int]
) -> None:
    """Put one picture in the middle of its cell, with what is written around it."""
    high, wide = tile.rgb.shape[:2]
    left = corner[0] + (CELL_PX - wide) // 2
    top = corner[1] + MARGIN_PX
    sheet.paste(Image.fromarray(tile.rgb), (left, top))
    middle, centre, half = top + high // 2, left + wide // 2, MARGIN_PX // 2
    places = (
        (left - half, middle),
        (left + wide + half, middle),
        (centre, top - half),
        (centre, top + high + half),
    )
    for letter, place in zip(tile.letters, places, strict=True):
        draw.text(place, letter, FAINT, font(14), anchor="mm")
    line = top + high + MARGIN_PX + CAPTION_PX // 2 - 4
    draw.text((corner[0] + MARGIN_PX, line), tile.caption, INK, font(15), anchor="lm")
    if tile.px_per_mm is not None:
        _draw_bar(draw, tile.px_per_mm, (corner[0] + CELL_PX - MARGIN_PX, line))


def _draw_bar(draw: ImageDraw.ImageDraw, px_per_mm: float, right: tuple[int, int]) -> None:
    length_mm = bar_length_mm(px_per_mm)
    text = f"{length_mm:g} mm"
    end, line = right
    begin = end - round(length_mm * px_per_mm)
    draw.line((begin, line, end, line), INK, 2)
    for x in (begin, end):
        draw.line((x, line - 4, x, line + 4), INK, 1)
    draw.text((begin - 8, line), text, INK, font(13), anchor="rm")


def bar_length_mm(px_per_mm: float) -> float:
    """Return the greatest of 1, 2, 5, 10, ... mm whose bar still fits."""
    longest = _BAR_PX / px_per_mm
    decade = 10.0 ** np.floor(np.log10(longest))
    return float(decade * max(n for n in (1, 2, 5) if n * decade <= longest * (1 + 1e-9)))


def _draw_legend(draw: ImageDraw.ImageDraw, legend: Legend, place: tuple[int, int, int]) -> None:
    """Write the note at the right, and from the left as many keys as there is room for."""
    left, line, width = place
    right = width - _EDGE - MARGIN_PX
    draw.text((right, line), legend.note, FAINT, font(14), anchor="rm")
    end = right - round(draw.textlength(legend.note, font(14))) - _GAP_PX
    for number, key in enumerate(legend.keys):
        name = shortened(key.name) + ("" if key.is_here else " (none)")
        wide = 22 + round(draw.textlength(name, font(15)))
        others = f"+ {len(legend.keys) - number}"
        if left + wide + _GAP_PX + draw.textlength(others, font(15)) > end:
            draw.text((left, line), others, INK, font(15), anchor="lm")
            return
        inside = key.style.rgb if key.style.style == "fill" else None
        draw.rectangle((left, line - 7, left + 14, line + 7), inside, key.style.rgb, 2)
        if key.style.style == "hatch":
            for shift in (0, 7):
                draw.line((left + shift, line + 7, left + 14, line - 7 + shift), key.style.rgb, 2)
            draw.line((left, line, left + 7, line - 7), key.style.rgb, 2)
        draw.text((left + 22, line), name, INK, font(15), anchor="lm")
        left += wide + _GAP_PX


def shortened(name: str) -> str:
    """Return a name that a legend has room for."""
    return (
        name
        if len(name) <= _LONGEST_NAME
        else f"{name[: _LONGEST_NAME - 1]}\N{HORIZONTAL ELLIPSIS}"
    )


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the one typeface in which is written on pictures, in pixels."""
    return ImageFont.load_default(size)
