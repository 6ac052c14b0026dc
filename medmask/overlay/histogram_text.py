"""A scan's histogram in letters, for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from medmask.histogram import Histogram
from medmask.overlay.histogram_axis import LevelAxis, nice_ticks

BLOCKS = " ▁▂▃▄▅▆▇█│▲─"
PLAIN = " ..::||##|^-"  # where the blocks cannot be written
COLUMNS, ROWS = 72, 16
_LEFT = 7  # columns of the counts' labels


@dataclass(frozen=True)
class Labelled:
    """A level with its name."""

    name: str
    level: float


def histogram_text(
    histogram: Histogram, marks: Sequence[Labelled], glyphs: str = BLOCKS
) -> list[str]:
    """Return lines of at most 80 characters that show how frequent each level is.

    Parameters
    ----------
    histogram : Histogram
        Of valid voxels: padding is not in it.
    marks : sequence of Labelled
        Thresholds, shown as upright lines and named below.
    glyphs : str
        Nine fillings from empty to full, then the upright line, the mark and the axis.

    Returns
    -------
    list of str
        16 lines of counts on a logarithmic axis, levels, native units, and a line for each mark.
    """
    axis = LevelAxis.over(histogram, [mark.level for mark in marks])
    often = np.log10(np.maximum(axis.per_level(histogram, COLUMNS), 1.0))
    decades = max(1, math.ceil(float(often.max()) + 1e-9))
    eighths = np.rint(often * (8 * ROWS / decades)).astype(int)
    at = {_column(axis, mark.level) for mark in marks}
    lines = []
    for row in range(ROWS - 1, -1, -1):
        filled = np.clip(eighths - 8 * row, 0, 8).tolist()
        cells = (glyphs[9] if n in at and not f else glyphs[f] for n, f in enumerate(filled))
        lines.append(_label(row, decades) + "".join(cells).rstrip())
    lines.append(" " * _LEFT + glyphs[11] * COLUMNS)
    scale = histogram.scale
    levels = nice_ticks(axis.low, axis.high, 8)
    lines.append(_placed("level", ((_column(axis, n), f"{n:g}") for n in levels)))
    least, greatest = sorted((scale.native_of(axis.low), scale.native_of(axis.high)))
    natives = ((_column(axis, scale.level_of(n)), f"{n:g}") for n in nice_ticks(least, greatest, 8))
    lines.append(_placed(scale.unit or "native", sorted(natives)))
    named = (_named(_column(axis, mark.level), mark.name, glyphs[10]) for mark in marks)
    return [*lines, *named]


def _column(axis: LevelAxis, level: float) -> int:
    return min(int(axis.share(level) * COLUMNS), COLUMNS - 1)


def _label(row: int, decades: int) -> str:
    """Return the count at a row's lower edge, where that is a power of ten."""
    for decade in range(decades):
        if round(decade * ROWS / decades) == row:
            return f"{10.0**decade:.0e} ".replace("e+0", "e").rjust(_LEFT)
    return " " * _LEFT


def _placed(name: str, texts: Iterable[tuple[int, str]]) -> str:
    """Return a line with words centred on columns; one that would touch the last is left out."""
    line = name[: _LEFT - 1].ljust(_LEFT)
    for column, text in texts:
        start = _LEFT + column - len(text) // 2
        if start > len(line.rstrip()) and start + len(text) <= _LEFT + COLUMNS:
            line = line.rstrip().ljust(start) + text
    return line


def _named(column: int, name: str, mark: str) -> str:
    if column + len(name) + 2 <= COLUMNS:
        return " " * (_LEFT + column) + f"{mark} {name}"
    return (name + f" {mark}").rjust(_LEFT + column + 1)
