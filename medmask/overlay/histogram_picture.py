"""A scan's histogram, with the thresholds chosen and those that were not."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from medmask.histogram import Histogram
from medmask.overlay.histogram_axis import LevelAxis, nice_ticks
from medmask.overlay.sheet import FAINT, INK, PAPER, font
from medmask.scale import Scale

WIDTH_PX, PLOT_HIGH_PX = 1040, 340
LEFT_PX, RIGHT_PX, TOP_PX, FOOT_PX = 64, 92, 52, 40
TICK_ROW_PX = 17
_BARE = (92, 97, 106)  # the histogram below all thresholds
_GRID = (38, 42, 49)
_BAND_OPACITY = 0.30
_WIDE_PX = WIDTH_PX - LEFT_PX - RIGHT_PX
_RIGHT = WIDTH_PX - RIGHT_PX


@dataclass(frozen=True)
class Chosen:
    """A threshold that is used.

    Attributes
    ----------
    name : str
        Of the mask above it.
    level : float
    how : str
        The strategy, or what it fell back from.
    rgb : tuple of int
    delta_levels : float
        Half the width of the band that is shaded about it.
    """

    name: str
    level: float
    how: str
    rgb: tuple[int, int, int]
    delta_levels: float


@dataclass(frozen=True)
class Other:
    """What a strategy would have chosen; ``None`` if nothing."""

    name: str
    level: float | None


def histogram_picture(
    histogram: Histogram, chosen: Sequence[Chosen], others: Iterable[Other]
) -> NDArray[np.uint8]:
    """Draw how frequent each level is, on a logarithmic axis.

    Parameters
    ----------
    histogram : Histogram
        Of valid voxels: padding is not in it.
    chosen : sequence of Chosen
        Drawn as lines, with a band that shows how far they are moved to see how stable they are.
        Where both have levels above them, the later one's colour is seen.
    others : iterable of Other
        Drawn as ticks below the axis, their names one below the other where they would overlap.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        Levels on the lower axis, native units on the upper one. Less than a thousandth of the
        voxels may lie beyond the ends; a line tells how many.
    """
    found = sorted((other.level, other.name) for other in others if other.level is not None)
    failed = [other.name for other in others if other.level is None]
    axis = LevelAxis.over(
        histogram, [*(mark.level for mark in chosen), *(level for level, _ in found)]
    )
    rows = _rows([(_x(axis, level), name) for level, name in found])
    bottom = TOP_PX + PLOT_HIGH_PX
    high = bottom + 26 + TICK_ROW_PX * (max(rows, default=0) + 1) + FOOT_PX
    sheet = Image.new("RGB", (WIDTH_PX, high), PAPER)
    draw = ImageDraw.Draw(sheet)
    _draw_counts(draw, histogram, axis, chosen)
    for mark in chosen:
        _draw_band(sheet, axis, mark)
    for (level, name), row in zip(found, rows, strict=True):
        _draw_other(draw, (_x(axis, level), name), row)
    _draw_scales(draw, histogram, axis)
    for row, mark in enumerate(chosen):
        _draw_words(draw, axis, (mark, row), histogram.scale)
    _draw_foot(draw, axis.beyond(histogram), failed, high)
    return np.asarray(sheet)


def _x(axis: LevelAxis, level: float) -> float:
    return LEFT_PX + _WIDE_PX * axis.share(level)


def _draw_counts(
    draw: ImageDraw.ImageDraw, histogram: Histogram, axis: LevelAxis, chosen: Sequence[Chosen]
) -> None:
    """Fill the area under the logarithms, in the colour of the mask that a level falls into."""
    often = np.log10(np.maximum(axis.per_level(histogram, _WIDE_PX), 1.0))
    top = max(1.0, math.ceil(float(often.max()) + 1e-9))
    bottom = TOP_PX + PLOT_HIGH_PX
    for decade in range(int(top) + 1):
        y = bottom - PLOT_HIGH_PX * decade / top
        draw.line((LEFT_PX, y, _RIGHT, y), _GRID)
        draw.text((LEFT_PX - 8, y), _power(decade), FAINT, font(13), anchor="rm")
    colours = np.full((often.size, 3), _BARE)
    middles = np.linspace(axis.low, axis.high, 2 * often.size + 1)[1::2]
    for mark in chosen:
        colours[middles > mark.level] = [round(0.35 * c + 0.65 * 92) for c in mark.rgb]
    for column, (height, colour) in enumerate(zip(often, colours.tolist(), strict=True)):
        x, y = LEFT_PX + column, bottom - round(PLOT_HIGH_PX * height / top)
        if y < bottom:
            draw.line((x, y, x, bottom - 1), tuple(colour))


def _draw_scales(draw: ImageDraw.ImageDraw, histogram: Histogram, axis: LevelAxis) -> None:
    """Draw levels below and native units above."""
    bottom, scale = TOP_PX + PLOT_HIGH_PX, histogram.scale
    draw.line((LEFT_PX, bottom, _RIGHT, bottom), FAINT)
    draw.line((LEFT_PX, TOP_PX, _RIGHT, TOP_PX), FAINT)
    for level in nice_ticks(axis.low, axis.high):
        draw.line((_x(axis, level), bottom, _x(axis, level), bottom + 5), FAINT)
        place, words = (_x(axis, level), bottom + 7), f"{level:g}"
        draw.rectangle(draw.textbbox(place, words, font(13), anchor="mt"), PAPER)
        draw.text(place, words, INK, font(13), anchor="mt")
    least, greatest = sorted((scale.native_of(axis.low), scale.native_of(axis.high)))
    for native in nice_ticks(least, greatest):
        x = _x(axis, scale.level_of(native))
        draw.line((x, TOP_PX - 5, x, TOP_PX), FAINT)
        draw.text((x, TOP_PX - 7), f"{native:g}", INK, font(13), anchor="mb")
    draw.text((_RIGHT + 12, bottom + 7), "level", FAINT, font(13), anchor="lt")
    draw.text((_RIGHT + 12, TOP_PX - 7), scale.unit or "native", FAINT, font(13), anchor="lb")
    draw.text((12, 12), "voxels per level", FAINT, font(13), anchor="lt")


def _draw_band(sheet: Image.Image, axis: LevelAxis, mark: Chosen) -> None:
    """Draw a threshold's line, and shade how far it is moved to see how stable it is."""
    top, bottom, x = TOP_PX + 1, TOP_PX + PLOT_HIGH_PX, _x(axis, mark.level)
    left = round(max(_x(axis, mark.level - mark.delta_levels), LEFT_PX))
    right = round(min(_x(axis, mark.level + mark.delta_levels), _RIGHT))
    box = (left, top, max(right, left + 1), bottom)
    under = sheet.crop(box)
    sheet.paste(Image.blend(under, Image.new("RGB", under.size, mark.rgb), _BAND_OPACITY), box)
    ImageDraw.Draw(sheet).line((x, top - 5, x, bottom + 5), mark.rgb, 2)


def _draw_words(
    draw: ImageDraw.ImageDraw, axis: LevelAxis, placed: tuple[Chosen, int], scale: Scale
) -> None:
    """Write what a threshold is beside its line; every one has a row of its own."""
    mark, row = placed
    native = f"{scale.native_of(mark.level):.4g} {scale.unit}".strip()
    words = f"{mark.name} > {mark.level:.4g} ({native}), {mark.how}"
    x, wide = _x(axis, mark.level), draw.textlength(words, font(14))
    begin = x + 8 if x + 16 + wide < _RIGHT else x - 8 - wide
    line = TOP_PX + 16 + 24 * row
    draw.rectangle((begin - 4, line - 10, begin + wide + 4, line + 10), PAPER)
    draw.text((begin, line), words, mark.rgb, font(14), anchor="lm")


def _rows(ticks: Sequence[tuple[float, str]]) -> list[int]:
    """Return in which row each name stands, such that none lies on a name or on a line to one.

    Names begin at their line. Seen from the right, a name is put one row below all to whose lines
    it would reach.
    """
    rows: list[int] = []
    for at, (x, name) in reversed(list(enumerate(ticks))):
        end = x + 12 + float(font(13).getlength(name))
        reached = [rows[len(ticks) - 1 - n] for n in range(at + 1, len(ticks)) if ticks[n][0] < end]
        rows.append(max(reached) + 1 if reached else 0)
    return rows[::-1]


def _draw_other(draw: ImageDraw.ImageDraw, tick: tuple[float, str], row: int) -> None:
    x, name = tick
    bottom = TOP_PX + PLOT_HIGH_PX
    line = bottom + 34 + TICK_ROW_PX * row
    draw.polygon(((x, bottom - 7), (x - 4, bottom + 1), (x + 4, bottom + 1)), INK)
    draw.line((x, bottom, x, line), FAINT)
    draw.line((x, line, x + 4, line), FAINT)
    draw.text((x + 7, line), name, INK, font(13), anchor="lm")


def _draw_foot(draw: ImageDraw.ImageDraw, beyond: float, failed: Sequence[str], high: int) -> None:
    said = ["padding left out"]
    if beyond > 0:
        said.append(f"{100 * beyond:.2g} % of the voxels lie beyond the ends")
    if failed:
        said.append(f"no choice by {', '.join(failed)}")
    words = "; ".join(said)
    draw.text((LEFT_PX, high - 16), words, FAINT, font(13), anchor="lm")


def _power(decade: int) -> str:
    return f"{10**decade:,}" if decade < 4 else f"1e{decade}"
