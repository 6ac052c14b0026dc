"""A scan's histogram and thresholds -> a plot as numbers that a template draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from medmask.overlay import nice_ticks
from medmask.report.scan_account import Counts, Scale, ScanAccount, Threshold

WIDTH, HEIGHT = 720, 300  # of the whole plot, in its own units
LEFT, RIGHT, TOP, FLOOR = 46.0, 708.0, 44.0, 220.0  # where the curve is drawn
_ROW = 14.0  # of the names below the axis
_CHARACTER = 6.2  # about the width of a letter


@dataclass(frozen=True)
class Tick:
    """A mark on an axis."""

    at: float
    words: str


@dataclass(frozen=True)
class Mark:
    """A threshold that is used.

    Attributes
    ----------
    name : str
        Of the mask above it.
    x : float
        Of its line.
    band : tuple of float
        Left edge and width of the stability band: how far it was moved.
    words : str
        Level, native value and strategy.
    stability : str
        What moving it does to the mask.
    """

    name: str
    x: float
    band: tuple[float, float]
    words: str
    stability: str


@dataclass(frozen=True)
class Candidate:
    """What a strategy would have chosen, and where below the axis its name stands."""

    x: float
    words_x: float
    row: int
    words: str


@dataclass(frozen=True)
class Plot:
    """All of the plot.

    Attributes
    ----------
    areas : tuple of (str, str)
        What lies there (``background``, ``soft`` or ``bone``), and the outline as a path.
    decades, levels, natives : tuple of Tick
        On the left, lower and upper axis.
    unit : str
        Of the upper axis.
    marks : tuple of Mark
    candidates : tuple of Candidate
    height : float
    note : str
        Who found nothing, and what lies beyond the ends.
    """

    areas: tuple[tuple[str, str], ...]
    decades: tuple[Tick, ...]
    levels: tuple[Tick, ...]
    natives: tuple[Tick, ...]
    unit: str
    marks: tuple[Mark, ...]
    candidates: tuple[Candidate, ...]
    height: float
    note: str


def plot_of(account: ScanAccount) -> Plot | None:
    """Return the plot of a scan, ``None`` where its account holds no histogram.

    Parameters
    ----------
    account : ScanAccount
    """
    counts, soft = account.histogram, account.soft_choice
    if counts is None or soft is None or not counts.high_level > counts.low_level:
        return None
    chosen = [("soft tissue", soft)]
    if account.bone_choice is not None:
        chosen.append(("bone", account.bone_choice))

    def x(level: float) -> float:
        share = (level - counts.low_level) / (counts.high_level - counts.low_level)
        return round(LEFT + min(max(share, 0.0), 1.0) * (RIGHT - LEFT), 1)

    candidates = _candidates(soft, x)
    rows = max((each.row for each in candidates), default=0) + 1
    failed = [name for name, level in soft.candidates.items() if level is None]
    return Plot(
        areas=tuple(_areas(counts, [choice.level for _, choice in chosen])),
        decades=tuple(_decades(counts)),
        levels=tuple(
            Tick(x(level), told(level)) for level in nice_ticks(counts.low_level, counts.high_level)
        ),
        natives=tuple(_natives(counts, account.scale, x)),
        unit=account.scale.unit or "native",
        marks=tuple(_mark(name, choice, account.scale, x) for name, choice in chosen),
        candidates=candidates,
        height=FLOOR + 36 + _ROW * rows,
        note=_note(failed, counts.beyond),
    )


def _heights(counts: Counts) -> tuple[list[float], int]:
    """Return where the curve runs, on a logarithmic axis, and how many decades it has."""
    often = np.log10(np.maximum(np.array(counts.voxels_per_level), 1.0))
    decades = max(1, int(np.ceil(often.max() - 1e-9)))
    return [round(FLOOR - float(h) / decades * (FLOOR - TOP), 1) for h in often], decades


def _decades(counts: Counts) -> Iterator[Tick]:
    _, decades = _heights(counts)
    for decade in range(decades + 1):
        words = f"{10**decade:,}" if decade < 4 else f"1e{decade}"
        yield Tick(round(FLOOR - decade / decades * (FLOOR - TOP), 1), words)


def _areas(counts: Counts, levels: Sequence[float]) -> Iterator[tuple[str, str]]:
    """Yield the areas under the curve, from threshold to threshold."""
    heights, _ = _heights(counts)
    edges = np.linspace(counts.low_level, counts.high_level, len(heights) + 1)
    places = np.linspace(LEFT, RIGHT, len(heights) + 1).round(1).tolist()
    cuts = [0, *np.searchsorted(edges[:-1] + np.diff(edges) / 2, sorted(levels)), len(heights)]
    for kind, begin, end in zip(("background", "soft", "bone"), cuts, cuts[1:], strict=False):
        if begin < end:
            line = "".join(f"L{places[n]} {heights[n]}H{places[n + 1]}" for n in range(begin, end))
            yield kind, f"M{places[begin]} {FLOOR}{line}V{FLOOR}Z"


def _natives(counts: Counts, scale: Scale, x: Callable[[float], float]) -> Iterator[Tick]:
    """Yield round native values; a curved scale has no even axis, and gets none."""
    if scale.slope == 0 or scale.knots:
        return
    least, greatest = sorted(map(scale.native, (counts.low_level, counts.high_level)))
    for native in nice_ticks(least, greatest):
        yield Tick(x((native - scale.intercept) / scale.slope), told(native))


def _mark(name: str, choice: Threshold, scale: Scale, x: Callable[[float], float]) -> Mark:
    delta = choice.stability.delta_levels
    left, right = x(choice.level - delta), x(choice.level + delta)
    how = f"fallback from {choice.strategy}" if choice.fallback else choice.strategy
    native = f"{told(choice.native)} {scale.unit}".rstrip()
    return Mark(
        name=name,
        x=x(choice.level),
        band=(left, round(max(right - left, 1.0), 1)),
        words=f"{name} > {told(choice.level)} ({native}), {how}",
        stability=_stability(choice),
    )


def _stability(choice: Threshold) -> str:
    known = choice.stability
    if known.fewer is None or known.more is None:
        return ""
    return (
        f"{known.delta_levels:g} levels up: {100 * known.fewer:.1f} % fewer voxels; "
        f"down: {100 * known.more:.1f} % more"
    )


def _candidates(choice: Threshold, x: Callable[[float], float]) -> tuple[Candidate, ...]:
    """Place the names below their ticks, each in the first row where it meets no other."""
    found = sorted((level, name) for name, level in choice.candidates.items() if level is not None)
    ends: list[float] = []
    placed = []
    for level, name in found:
        words = f"{name} {told(level)}"
        wide = len(words) * _CHARACTER
        begin = min(x(level) + 4, RIGHT - wide)
        row = next((n for n, end in enumerate(ends) if end <= begin), len(ends))
        ends[row : row + 1] = [begin + wide + _CHARACTER]
        placed.append(Candidate(x(level), round(begin, 1), row, words))
    return tuple(placed)


def _note(failed: Sequence[str], beyond: float) -> str:
    said = ["Padding is left out."]
    if beyond > 0:
        said.append(f"{100 * beyond:.2g} % of the voxels lie beyond the ends.")
    if failed:
        said.append(f"No choice by {', '.join(failed)}.")
    return " ".join(said)


def told(value: float) -> str:
    """Write a number with five digits at most and a true minus sign.

    Examples
    --------
    >>> told(-189.99999), told(0.1234567)
    ('\N{MINUS SIGN}190', '0.12346')
    """
    return f"{value:,.5g}".replace("-", "\N{MINUS SIGN}")
