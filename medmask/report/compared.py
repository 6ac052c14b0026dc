"""A scan's figures, each before the range of those that may be compared with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from medmask.report.measures import MEASURES, Measure
from medmask.report.triage import UNUSUAL, Judged, Usual

WIDTH, HEIGHT, MARGIN = 180, 18, 5  # of a range's picture, in its own units
_FEWEST = 2  # scans; one alone has nothing to be compared with


@dataclass(frozen=True)
class Range:
    """The cohort's range on a line.

    Attributes
    ----------
    lower_x, median_x, upper_x : float
        Where the quartiles and the median lie.
    here_x : float
        This scan's place.
    words : str
        The same in words.
    """

    lower_x: float
    median_x: float
    upper_x: float
    here_x: float
    words: str


@dataclass(frozen=True)
class Compared:
    """One figure.

    Attributes
    ----------
    measure : Measure
    words : str
        The figure with its unit.
    unusual : bool
        Whether it is a reason to look at the scan.
    range : Range or None
        ``None`` where there is nothing to compare with.
    """

    measure: Measure
    words: str
    unusual: bool
    range: Range | None


def compared(judged: Judged, usual: Mapping[str, Usual]) -> Iterator[Compared]:
    """Yield the figures of a scan that are known.

    Parameters
    ----------
    judged : Judged
    usual : mapping of str to Usual
        What is usual among scans that may be compared with it, by the measure's key.
    """
    odd = {doubt.code for doubt in judged.doubts}
    for measure in MEASURES:
        figure = measure.value(judged.finding)
        if figure is not None:
            known = usual.get(measure.key)
            there = None if known is None else _range(measure, figure, known)
            unusual = f"{UNUSUAL}{measure.key}" in odd
            yield Compared(measure, measure.told(figure), unusual, there)


def _range(measure: Measure, figure: float, usual: Usual) -> Range | None:
    spread = usual.figures
    if spread.count < _FEWEST:
        return None
    least, greatest = min(spread.least, figure), max(spread.greatest, figure)
    wide = greatest - least

    def x(value: float) -> float:
        share = (value - least) / wide if wide else 0.5
        return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)

    words = f"the same in all {spread.count}"
    if wide:
        middle = f"{measure.told(spread.lower)} to {measure.told(spread.upper)}"
        words = f"median {measure.told(spread.median)} of {spread.count}, the middle half {middle}"
    return Range(x(spread.lower), x(spread.median), x(spread.upper), x(figure), words)
