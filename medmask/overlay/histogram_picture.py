"""A scan's histogram, with the thresholds chosen and those that were not."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from medmask.histogram import Histogram
from medmask.overlay.sheet import FAINT, INK, PAPER, font
from medmask.scale import Scale

WIDTH_PX, PLOT_HIGH_PX = 1040, 340
LEFT_PX, RIGHT_PX, TOP_PX, FOOT_PX = 64, 92, 52, 40
TICK_ROW_PX = 17
_BARE = (92, 97, 106)  # the histogram below all thresholds
_GRID = (38, 42, 49)
_BAND_OPACITY = 0.30
_BEYOND = 0.0005  # share of the voxels at either end that may lie beyond the axis
_MARGIN = 0.03  # of the axis, at both ends
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


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


@dataclass(frozen=True)
class _Axis:
    """Levels on pixels."""

    low: float
    high: float
    left: int = LEFT_PX
    right: int = WIDTH_PX - RIGHT_PX

    def x(self, level: float) -> float:
        return self.left + (level - self.low) / (self.high - self.low) * (self.right - self.left)


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
    axis = _axis(histogram, [*(mark.level for mark in chosen), *(level for level, _ in found)])
    rows = _rows([(axis.x(level), name) for level, name in found])
    bottom = TOP_PX + PLOT_HIGH_PX
    high = bottom + 26 + TICK_ROW_PX * (max(rows, default=0) + 1) + FOOT_PX
    sheet = Image.new("RGB", (WIDTH_PX, high), PAPER)
    draw = ImageDraw.Draw(sheet)
    _draw_counts(draw, histogram, axis, chosen)
    for mark in chosen:
        _draw_band(sheet, axis, mark)
    for (level, name), row in zip(found, rows, strict=True):
        _draw_other(draw, (axis.x(level), name), row)
    _draw_scales(draw, histogram, axis)
    for row, mark in enumerate(chosen):
        _draw_words(draw, axis, (mark, row), histogram.scale)
    _draw_foot(draw, _beyond(histogram, axis), failed, high)
    return np.asarray(sheet)


def _axis(histogram: Histogram, levels: Iterable[float]) -> _Axis:
    """Return an axis that holds nearly all voxels and all the levels given."""
    reached = np.cumsum(histogram.level_counts)
    ends = np.searchsorted(reached, np.array([_BEYOND, 1.0 - _BEYOND]) * reached[-1])
    shown = [*histogram.levels[np.minimum(ends, reached.size - 1)].tolist(), *levels]
    low, high = min(shown), max(shown)
    margin = max((high - low) * _MARGIN, 0.5)
    return _Axis(low - margin, high + margin)


def _per_level(histogram: Histogram, axis: _Axis) -> NDArray[np.float64]:
    """Return voxels per level under each column of pixels, each bin spread over its width."""
    levels = histogram.levels
    half = float(levels[-1] - levels[0]) / (levels.size - 1) / 2 if levels.size > 1 else 0.5
    edges = np.append(levels - half, levels[-1] + half)
    reached = np.concatenate([[0.0], np.cumsum(histogram.level_counts)])
    cuts = np.linspace(axis.low, axis.high, axis.right - axis.left + 1)
    under: NDArray[np.float64] = np.diff(np.interp(cuts, edges, reached))
    return under / float(cuts[1] - cuts[0])


def _draw_counts(
    draw: ImageDraw.ImageDraw, histogram: Histogram, axis: _Axis, chosen: Sequence[Chosen]
) -> None:
    """Fill the area under the logarithms, in the colour of the mask that a level falls into."""
    often = np.log10(np.maximum(_per_level(histogram, axis), 1.0))
    top = max(1.0, math.ceil(float(often.max()) + 1e-9))
    bottom = TOP_PX + PLOT_HIGH_PX
    for decade in range(int(top) + 1):
        y = bottom - PLOT_HIGH_PX * decade / top
        draw.line((axis.left, y, axis.right, y), _GRID)
        draw.text((axis.left - 8, y), _power(decade), FAINT, font(13), anchor="rm")
    colours = np.full((often.size, 3), _BARE)
    middles = np.linspace(axis.low, axis.high, 2 * often.size + 1)[1::2]
    for mark in chosen:
        colours[middles > mark.level] = [round(0.35 * c + 0.65 * 92) for c in mark.rgb]
    for column, (height, colour) in enumerate(zip(often, colours.tolist(), strict=True)):
        x, y = axis.left + column, bottom - round(PLOT_HIGH_PX * height / top)
        if y < bottom:
            draw.line((x, y, x, bottom - 1), tuple(colour))


def _draw_scales(draw: ImageDraw.ImageDraw, histogram: Histogram, axis: _Axis) -> None:
    """Draw levels below and native units above."""
    bottom, scale = TOP_PX + PLOT_HIGH_PX, histogram.scale
    draw.line((axis.left, bottom, axis.right, bottom), FAINT)
    draw.line((axis.left, TOP_PX, axis.right, TOP_PX), FAINT)
    for level in nice_ticks(axis.low, axis.high):
        draw.line((axis.x(level), bottom, axis.x(level), bottom + 5), FAINT)
        place, words = (axis.x(level), bottom + 7), f"{level:g}"
        draw.rectangle(draw.textbbox(place, words, font(13), anchor="mt"), PAPER)
        draw.text(place, words, INK, font(13), anchor="mt")
    least, greatest = sorted((scale.native_of(axis.low), scale.native_of(axis.high)))
    for native in nice_ticks(least, greatest):
        x = axis.x(scale.level_of(native))
        draw.line((x, TOP_PX - 5, x, TOP_PX), FAINT)
        draw.text((x, TOP_PX - 7), f"{native:g}", INK, font(13), anchor="mb")
    draw.text((axis.right + 12, bottom + 7), "level", FAINT, font(13), anchor="lt")
    draw.text((axis.right + 12, TOP_PX - 7), scale.unit or "native", FAINT, font(13), anchor="lb")
    draw.text((12, 12), "voxels per level", FAINT, font(13), anchor="lt")


def nice_ticks(low: float, high: float, most: int = 10) -> list[float]:
    """Return round numbers from ``low`` to ``high``, no more than ``most``."""
    rough = (high - low) / most
    decade = 10.0 ** math.floor(math.log10(rough))
    step = next(n * decade for n in _STEPS if n * decade >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(n * step, 12) for n in range(first, last + 1)]


def _draw_band(sheet: Image.Image, axis: _Axis, mark: Chosen) -> None:
    """Draw a threshold's line, and shade how far it is moved to see how stable it is."""
    top, bottom, x = TOP_PX + 1, TOP_PX + PLOT_HIGH_PX, axis.x(mark.level)
    left = round(max(axis.x(mark.level - mark.delta_levels), axis.left))
    right = round(min(axis.x(mark.level + mark.delta_levels), axis.right))
    box = (left, top, max(right, left + 1), bottom)
    under = sheet.crop(box)
    sheet.paste(Image.blend(under, Image.new("RGB", under.size, mark.rgb), _BAND_OPACITY), box)
    ImageDraw.Draw(sheet).line((x, top - 5, x, bottom + 5), mark.rgb, 2)


def _draw_words(
    draw: ImageDraw.ImageDraw, axis: _Axis, placed: tuple[Chosen, int], scale: Scale
) -> None:
    """Write what a threshold is beside its line; every one has a row of its own."""
    mark, row = placed
    native = f"{scale.native_of(mark.level):.4g} {scale.unit}".strip()
    words = f"{mark.name} > {mark.level:.4g} ({native}), {mark.how}"
    x, wide = axis.x(mark.level), draw.textlength(words, font(14))
    begin = x + 8 if x + 16 + wide < axis.right else x - 8 - wide
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


def _beyond(histogram: Histogram, axis: _Axis) -> float:
    """Return the share of voxels that the axis does not hold."""
    outside = (histogram.levels < axis.low) | (histogram.levels > axis.high)
    return float(histogram.level_counts[outside].sum() / histogram.total)


def _power(decade: int) -> str:
    return f"{10**decade:,}" if decade < 4 else f"1e{decade}"
