"""Findings in the order in which a reviewer should look at them, each doubt in words."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from medmask.outcome import Status
from medmask.quality import OUTLYING, Spread
from medmask.report.finding import Finding
from medmask.report.measures import MEASURES, Measure
from medmask.report.words import Term

GROUPS = ("failed", "flagged", "warned", "done", "skipped")  # the order of the report
_FLAG = 2 * OUTLYING  # a flag that medmask raised counts as one figure far out
_FARTHEST = 4 * OUTLYING  # one figure alone, however odd, counts no more than this
# A mask that is nothing or all tells nothing of what is usual. It counts as much as any figure can.
_VOID = frozenset({"empty_mask", "no_bone", "mask_fills_image"})
UNUSUAL = "unusual_"


@dataclass(frozen=True)
class Kin:
    """Scans that may be compared: one modality, one recipe.

    Attributes
    ----------
    modality, recipe, recipe_sha256 : str
    """

    modality: str
    recipe: str
    recipe_sha256: str

    @classmethod
    def of(cls, finding: Finding) -> Kin:
        """Return what a finding is to be compared with."""
        account = finding.account
        return cls(finding.outcome.modality, account.recipe, account.recipe_sha256)


@dataclass(frozen=True)
class Usual:
    """What is usual for one measure among scans that may be compared.

    Attributes
    ----------
    figures : Spread
        As they are shown.
    axis : Spread
        On the axis on which differences are judged; the same unless the measure is a ratio.
    """

    figures: Spread
    axis: Spread


@dataclass(frozen=True)
class Doubt:
    """A reason to look at a scan.

    Attributes
    ----------
    code : str
        A flag, or ``unusual_`` and the key of a measure.
    words : str
        A short name.
    sentence : str
        What was found, and what is usual.
    meaning : str
        What the figure is, or what the flag stands for, in any scan.
    weight : float
        In robust deviations.
    """

    code: str
    words: str
    sentence: str
    meaning: str
    weight: float


@dataclass(frozen=True)
class Judged:
    """A finding and what there is to say about it.

    Attributes
    ----------
    finding : Finding
    group : str
        ``failed``, ``flagged``, ``warned``, ``done`` or ``skipped``: what matters most.
    doubts : tuple of Doubt
        The heaviest first.
    score : float
        The square root of the sum of the doubts' squared weights; 0 without a doubt.
    """

    finding: Finding
    group: str
    doubts: tuple[Doubt, ...]
    score: float

    @property
    def rank(self) -> int:
        """The group's place in the report."""
        return GROUPS.index(self.group)


@dataclass(frozen=True)
class Triage:
    """A cohort, sorted by how much its scans are in need of a look.

    Attributes
    ----------
    judged : tuple of Judged
        The order of the report: failures, doubts by their score, warnings, the rest, then what
        is no scan; among equals by source.
    usual : mapping of Kin to mapping of str to Usual
        Of each group of scans that may be compared, what is usual for each measure, by its key.
        Masks that are nothing or all of the image are compared with what is usual, but have no
        part in it: where they are many, they would be.
    """

    judged: tuple[Judged, ...]
    usual: Mapping[Kin, Mapping[str, Usual]]

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> Triage:
        """Judge a cohort.

        Parameters
        ----------
        findings : sequence of Finding
            In any order.
        """
        usual = _usual(findings)
        judged = [_judge(each, usual.get(Kin.of(each), {})) for each in findings]
        judged.sort(key=_place)
        return cls(tuple(judged), usual)


def _place(judged: Judged) -> tuple[int, float, str, str]:
    row = judged.finding.outcome
    return judged.rank, -judged.score, row.source, row.scan_id


def _usual(findings: Sequence[Finding]) -> dict[Kin, dict[str, Usual]]:
    kin: dict[Kin, list[Finding]] = defaultdict(list)
    for each in findings:
        if each.outcome.status is Status.DONE and _VOID.isdisjoint(each.outcome.flags):
            kin[Kin.of(each)].append(each)
    return {one: _usual_of(alike) for one, alike in kin.items()}


def _usual_of(alike: list[Finding]) -> dict[str, Usual]:
    found = {}
    for measure in MEASURES:
        known = [each for each in map(measure.value, alike) if each is not None]
        figures, axis = Spread.of(known), Spread.of([measure.compared(each) for each in known])
        if figures is not None and axis is not None:
            found[measure.key] = Usual(figures, axis)
    return found


def _judge(finding: Finding, usual: Mapping[str, Usual]) -> Judged:
    if finding.outcome.status is not Status.DONE:
        return Judged(finding, str(finding.outcome.status), (), 0.0)
    odd = (_odd(finding, measure, usual.get(measure.key)) for measure in MEASURES)
    doubts = [*_flags(finding), *(doubt for doubt in odd if doubt is not None)]
    doubts.sort(key=lambda doubt: -doubt.weight)
    group = "flagged" if doubts else "warned" if finding.outcome.warnings else "done"
    score = math.hypot(*(doubt.weight for doubt in doubts))
    return Judged(finding, group, tuple(doubts), score)


def _flags(finding: Finding) -> list[Doubt]:
    """Return the flags raised when the scan was masked, with the sentences said then."""
    said = {note.code: note.message for note in finding.account.flags}
    terms = [Term.of(code) for code in finding.outcome.flags]
    return [
        Doubt(
            code=term.code,
            words=term.words,
            sentence=said.get(term.code, term.meaning),
            meaning=term.meaning,
            weight=_FARTHEST if term.code in _VOID else _FLAG,
        )
        for term in terms
    ]


def _odd(finding: Finding, measure: Measure, usual: Usual | None) -> Doubt | None:
    figure = measure.value(finding)
    if figure is None or usual is None:
        return None
    distance = usual.axis.distance(measure.compared(figure), measure.slack)
    if distance is None or abs(distance) <= OUTLYING or (measure.only_high and distance < 0):
        return None
    alike, median = usual.figures.count, measure.told(usual.figures.median)
    return Doubt(
        f"{UNUSUAL}{measure.key}",
        f"unusual {measure.name}",
        f"{measure.name}: {measure.told(figure)}; the median of {alike} alike is {median}",
        measure.meaning,
        min(abs(distance), _FARTHEST),
    )
