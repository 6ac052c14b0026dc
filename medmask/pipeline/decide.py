"""Volume and recipe -> the two thresholds, with what was considered."""

from __future__ import annotations

from dataclasses import dataclass

from medmask.errors import NoThreshold
from medmask.histogram import Histogram
from medmask.recipe import Recipe
from medmask.recipe.model import StrategyBlock
from medmask.thresholds import STRATEGIES, Fixed, Local, Stability, Strategy, Threshold, stability
from medmask.volume import Volume

SOFT_LEVEL = 32.0
BONE_LEVEL = 64.0


@dataclass(frozen=True)
class Candidate:
    """What a strategy with its default parameters would have chosen.

    Attributes
    ----------
    strategy : str
    level, native : float or None
        ``None`` if it found nothing.
    reason : str or None
        Why it found nothing.
    """

    strategy: str
    level: float | None = None
    native: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Growth:
    """How far a mask may grow below its threshold.

    Attributes
    ----------
    low : Threshold
        The lower threshold.
    above_low : int
        Voxels above it in the whole scan: what the mask has if all of them are connected to it.
    taken : int or None
        Voxels that the mask has once it has grown; ``None`` before.
    """

    low: Threshold
    above_low: int
    taken: int | None = None


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
        Every strategy's choice, in the order of the table.
    stability : Stability
        How the mask's size depends on the threshold.
    above : int
        Voxels above the threshold.
    growth : Growth or None
        Where the recipe asks for hysteresis.
    local : Local or None
        What else the mask must lie above, where the recipe asks for it.
    """

    strategy: str
    threshold: Threshold
    fallback: str | None
    candidates: tuple[Candidate, ...]
    stability: Stability
    above: int
    growth: Growth | None = None
    local: Local | None = None

    @property
    def lowest(self) -> Threshold:
        """The threshold that every voxel of the mask lies above."""
        return self.threshold if self.growth is None else self.growth.low


@dataclass(frozen=True, eq=False)
class Decisions:
    """Both thresholds of a scan, and the histogram that they were found in.

    Attributes
    ----------
    histogram : Histogram
        Of native values, on the recipe's scale.
    soft_tissue : Decision
    bone : Decision or None
        ``None`` where no bone is looked for.
    """

    histogram: Histogram
    soft_tissue: Decision
    bone: Decision | None


def decide(volume: Volume, recipe: Recipe) -> Decisions:
    """Count a volume's values and choose its thresholds.

    Parameters
    ----------
    volume : Volume
    recipe : Recipe

    Raises
    ------
    ScanError
        If the volume has no scale or no valid voxel.
    """
    counted = Histogram.of(volume)
    histogram = counted.on(recipe.scale.build().scale(volume, counted))
    found = tuple(
        _candidate(word, kind(), histogram) for word, kind in STRATEGIES.items() if word != "fixed"
    )
    asked = recipe.thresholds
    soft_tissue, bone = _decide(asked.soft_tissue, SOFT_LEVEL, histogram, found), None
    if recipe.looks_for_bone(volume.family) and asked.bone is not None:
        bone = _decide(asked.bone, BONE_LEVEL, histogram, found)
    return Decisions(histogram, soft_tissue, bone)


def _decide(
    block: StrategyBlock | str, level: float, histogram: Histogram, found: tuple[Candidate, ...]
) -> Decision:
    fixed = Fixed(level=level)
    word, strategy, spare = "fixed", fixed, fixed
    if not isinstance(block, str):
        word, strategy = block.strategy, block.build()
        spare = fixed if block.fallback is None else block.fallback.build()
    reason = None
    try:
        threshold = strategy.choose(histogram)
    except NoThreshold as error:
        reason, threshold = str(error), spare.choose(histogram)
    candidates = (_candidate("fixed", fixed, histogram), *found)
    return Decision(
        word,
        threshold,
        reason,
        candidates,
        stability(histogram, threshold.level),
        histogram.above(threshold.level),
        _growth(block, threshold, histogram),
        None if isinstance(block, str) or block.local is None else block.local.build(),
    )


def _growth(
    block: StrategyBlock | str, threshold: Threshold, histogram: Histogram
) -> Growth | None:
    """Return how far the mask may grow: not at all down to what lies above its own threshold."""
    if isinstance(block, str) or block.hysteresis is None:
        return None
    low = block.hysteresis.build().low(histogram.scale)
    if low.level >= threshold.level:
        low = threshold
    return Growth(low, histogram.above(low.level))


def _candidate(word: str, strategy: Strategy, histogram: Histogram) -> Candidate:
    try:
        threshold = strategy.choose(histogram)
    except NoThreshold as error:
        return Candidate(word, reason=error.reason)
    return Candidate(word, threshold.level, threshold.native)
