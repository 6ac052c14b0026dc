"""Decisions -> warnings of thresholds that are not what they seem."""

from __future__ import annotations

from collections.abc import Iterator

from medmask.outcome import ScanWarning
from medmask.pipeline.decide import Decision
from medmask.recipe import Recipe
from medmask.volume import Family, Volume


def doubtful_thresholds(
    volume: Volume, recipe: Recipe, soft_tissue: Decision, bone: Decision | None
) -> Iterator[ScanWarning]:
    """Warn of fallbacks, of HU asked of what has none, and of thresholds the wrong way round.

    Parameters
    ----------
    volume : Volume
    recipe : Recipe
    soft_tissue : Decision
    bone : Decision or None
    """
    for name, decision in (("soft_tissue", soft_tissue), ("bone", bone)):
        if decision is not None:
            yield from _not_as_asked(name, decision)
    if volume.family in (Family.MR, Family.OTHER) and _native_is_stated(recipe):
        text = f"native thresholds were applied to a {volume.modality}, whose units are arbitrary"
        yield ScanWarning("native_threshold_on_arbitrary_units", text)
    crossed = bone is not None and bone.lowest.level <= soft_tissue.threshold.level
    if bone is not None and bone.local is None and crossed:
        text = (
            f"bone begins at level {bone.lowest.level:g}, at or below soft tissue "
            f"({soft_tissue.threshold.level:g}); there is no soft tissue between them"
        )
        yield ScanWarning("thresholds_crossed", text)


def _not_as_asked(name: str, decision: Decision) -> Iterator[ScanWarning]:
    level = decision.threshold.level
    if decision.fallback is not None:
        text = f"{name}: {decision.fallback}; the fixed level {level:g} is used instead"
        yield ScanWarning("threshold_fallback", text)
    if decision.growth is not None and decision.growth.low == decision.threshold:
        text = (
            f"{name}: the lower threshold of its hysteresis lies at or above its threshold, "
            f"level {level:g}; nothing can grow"
        )
        yield ScanWarning("hysteresis_does_nothing", text)


def _native_is_stated(recipe: Recipe) -> bool:
    """Tell whether the recipe gives any threshold in native units."""
    for block in (recipe.thresholds.soft_tissue, recipe.thresholds.bone):
        if block is None or isinstance(block, str):
            continue
        growth = block.hysteresis
        if getattr(block, "native", None) is not None or (
            growth is not None and growth.build().low_native is not None
        ):
            return True
    return False
