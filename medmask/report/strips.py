"""Figures of a cohort -> strips of dots, one for each scan, as numbers that a template draws."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from medmask.outcome import Status
from medmask.quality import Spread
from medmask.report.measures import MEASURES, Measure
from medmask.report.triage import UNUSUAL, Judged, Kin, Triage, Usual

WIDTH, HEIGHT, MARGIN = 320, 72, 8  # of a strip's picture, in its own units
_DOT = 3.0  # the radius
_FLOOR = HEIGHT - 20.0  # where the lowest dots lie
_ROOF = 10.0  # and the highest
Place: TypeAlias = tuple[int, Judged]  # a scan and where it stands in the report
_FEWEST = 2  # scans; one alone has nothing to be compared with


@dataclass(frozen=True)
class Dot:
    """One scan's place.

    Attributes
    ----------
    index : int
        Of the scan in the report's order.
    x, y : float
    unusual : bool
        Whether this figure is a reason to look at the scan.
    """

    index: int
    x: float
    y: float
    unusual: bool


@dataclass(frozen=True)
class Strip:
    """One measure over the scans that may be compared.

    Attributes
    ----------
    measure : Measure
    count : int
    least, median, greatest : str
        With their units.
    lower_x, median_x, upper_x : float
        Where the quartiles and the median of what is usual lie.
    dots : tuple of Dot
    """

    measure: Measure
    count: int
    least: str
    median: str
    greatest: str
    lower_x: float
    median_x: float
    upper_x: float
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Board:
    """All strips of the scans of one modality and recipe.

    Attributes
    ----------
    kin : Kin
    count : int
        Scans.
    strips : tuple of Strip
        Of the figures that differ.
    same : tuple of str
        In words, what is the same in all.
    """

    kin: Kin
    count: int
    strips: tuple[Strip, ...]
    same: tuple[str, ...]


def boards_of(triage: Triage) -> list[Board]:
    """Return the strips of a cohort, those of the most scans first.

    Parameters
    ----------
    triage : Triage
        A dot's index is the scan's place in it.
    """
    members: dict[Kin, list[Place]] = defaultdict(list)
    for index, judged in enumerate(triage.judged):
        if judged.finding.outcome.status is Status.DONE:
            members[Kin.of(judged.finding)].append((index, judged))
    boards = [
        _board(kin, scans, triage.usual.get(kin, {}))
        for kin, scans in members.items()
        if len(scans) >= _FEWEST
    ]
    return sorted(boards, key=lambda board: (-board.count, board.kin.modality, board.kin.recipe))


def _board(kin: Kin, scans: Sequence[Place], usual: Mapping[str, Usual]) -> Board:
    strips, same = [], []
    in_ml = any(scan.finding.outcome.soft_ml is not None for _, scan in scans)
    for measure in MEASURES:
        figures = [measure.value(judged.finding) for _, judged in scans]
        spread = Spread.of([figure for figure in figures if figure is not None])
        if spread is None or not measure.main or (measure.key == "body_share" and in_ml):
            continue
        told = measure.told(spread.median)
        if {told} == {measure.told(spread.least), measure.told(spread.greatest)}:
            same.append(f"{measure.name} {told}")
        else:
            middle = usual[measure.key].figures if measure.key in usual else spread
            strips.append(_strip(measure, spread, middle, scans))
    return Board(kin, len(scans), tuple(strips), tuple(same))


def _strip(measure: Measure, spread: Spread, middle: Spread, scans: Sequence[Place]) -> Strip:
    def place(figure: float) -> float:
        share = (figure - spread.least) / (spread.greatest - spread.least)
        return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)

    known = [(index, judged, measure.value(judged.finding)) for index, judged in scans]
    places = [(i, judged, place(figure)) for i, judged, figure in known if figure is not None]
    heights = _stacked([x for _, _, x in places])
    code = f"{UNUSUAL}{measure.key}"
    dots = [
        Dot(index, x, y, any(doubt.code == code for doubt in judged.doubts))
        for (index, judged, x), y in zip(places, heights, strict=True)
    ]
    return Strip(
        measure=measure,
        count=len(dots),
        least=measure.told(spread.least),
        median=measure.told(middle.median),
        greatest=measure.told(spread.greatest),
        lower_x=place(middle.lower),
        median_x=place(middle.median),
        upper_x=place(middle.upper),
        dots=tuple(dots),
    )


def _stacked(places: Sequence[float]) -> list[float]:
    """Return a height for each dot: piles grow from the floor, those too high are squeezed."""
    piles: dict[int, int] = defaultdict(int)
    ranks = []
    for x in places:
        pile = int(x // (2 * _DOT))
        ranks.append(piles[pile])
        piles[pile] += 1
    step = min(2 * _DOT, (_FLOOR - _ROOF) / max(max(piles.values(), default=1) - 1, 1))
    return [round(_FLOOR - rank * step, 1) for rank in ranks]
