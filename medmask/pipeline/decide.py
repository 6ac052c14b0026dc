"""Histogram and recipe -> the two thresholds, with what was considered."""

from __future__ import annotations

from dataclasses import dataclass

from medmask.errors import NoThreshold
from medmask.histogram import Histogram
from medmask.recipe import Recipe
from medmask.recipe.model import StrategyBlock
from medmask.thresholds import STRATEGIES, Fixed, Stability, Strategy, Threshold, stability
from medmask.volume import Family

SOFT_LEVEL = 32.0
BONE_LEVEL = 64.0


@dataclass(frozen=True)
class Candidate:
    """What a strategy with its default parameters would have chosen; ``None`` if nothing."""

    strategy: str
    level: float | None


@dataclass(frozen=True)
class Decision:
    """One threshold and its evidence.

    Attributes
    ----------
    strategy : str
        The recipe's word for the strategy asked for.
    threshold : Threshold
        What is used.
    fallback : str or None
        Why the fixed threshold is used instead of the strategy's.
    candidates : tuple of Candidate
        The other strategies' choices.
    stability : Stability
        How the mask's size depends on the threshold.
    """

    strategy: str
    threshold: Threshold
    fallback: str | None
    candidates: tuple[Candidate, ...]
    stability: Stability


def decide_soft_tissue(recipe: Recipe, histogram: Histogram) -> Decision:
    """Return the threshold of the body."""
    return _decide(recipe.thresholds.soft_tissue, SOFT_LEVEL, histogram)


def decide_bone(recipe: Recipe, histogram: Histogram, family: Family) -> Decision | None:
    """Return the threshold of bone, ``None`` where no bone is looked for."""
    if not recipe.looks_for_bone(family) or recipe.thresholds.bone is None:
        return None
    return _decide(recipe.thresholds.bone, BONE_LEVEL, histogram)


def _decide(block: StrategyBlock | str, level: float, histogram: Histogram) -> Decision:
    word, strategy, spare = "fixed", Fixed(level=level), Fixed(level=level)
    if not isinstance(block, str):
        word, strategy = block.strategy, block.build()
        spare = spare if block.fallback is None else block.fallback.build()
    reason = None
    try:
        threshold = strategy.choose(histogram)
    except NoThreshold as error:
        reason, threshold = str(error), spare.choose(histogram)
    others = {"fixed": Fixed(level=level)} | {
        name: kind() for name, kind in STRATEGIES.items() if name != "fixed"
    }
    candidates = tuple(_candidate(name, other, histogram) for name, other in others.items())
    return Decision(word, threshold, reason, candidates, stability(histogram, threshold.level))


def _candidate(name: str, strategy: Strategy, histogram: Histogram) -> Candidate:
    try:
        return Candidate(name, strategy.choose(histogram).level)
    except NoThreshold:
        return Candidate(name, None)
