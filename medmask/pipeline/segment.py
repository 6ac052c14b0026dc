"""Volume and recipe -> label map, with every number on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from medmask.histogram import Histogram
from medmask.labels import LabelMap
from medmask.morphology import PackedMask, Site, Step
from medmask.outcome import Flag, ScanWarning
from medmask.pipeline.decide import Decision, Decisions, decide
from medmask.quality import Figures, doubts, measure, unstable_threshold
from medmask.recipe import Recipe
from medmask.scale import Scale
from medmask.volume import Family, Volume


@dataclass(frozen=True, eq=False)
class Segmentation:
    """One scan's masks and how they came about.

    Attributes
    ----------
    volume : Volume
    recipe : Recipe
    scale : Scale
        On which the levels are given.
    histogram : Histogram
        Of native values, on that scale.
    soft_tissue : Decision
    bone : Decision or None
        ``None`` where no bone was looked for.
    labels : LabelMap
        0 background, 1 soft tissue, 2 bone.
    figures : Figures
    warnings : tuple of ScanWarning
        The reader's and the steps'.
    flags : tuple of Flag
    """

    volume: Volume
    recipe: Recipe
    scale: Scale
    histogram: Histogram
    soft_tissue: Decision
    bone: Decision | None
    labels: LabelMap
    figures: Figures
    warnings: tuple[ScanWarning, ...]
    flags: tuple[Flag, ...]


def segment(volume: Volume, recipe: Recipe) -> Segmentation:
    """Mask soft tissue and bone of one volume.

    Body is what lies strictly above the soft-tissue threshold, bone what lies strictly above the
    bone threshold, each after its morphology; soft tissue is body and not bone. Thresholds are
    compared on native values.

    Parameters
    ----------
    volume : Volume
    recipe : Recipe

    Raises
    ------
    ScanError
        If the volume has no scale, no valid voxel, or no millimetres where the recipe needs them.
    """
    decided = decide(volume, recipe)
    soft_tissue, bone, scale = decided.soft_tissue, decided.bone, decided.histogram.scale
    labels = _label(volume, recipe, scale, (soft_tissue, bone))
    figures = measure(volume, labels)
    return Segmentation(
        volume=volume,
        recipe=recipe,
        scale=scale,
        histogram=decided.histogram,
        soft_tissue=soft_tissue,
        bone=bone,
        labels=labels,
        figures=figures,
        warnings=(
            *volume.warnings,
            *_doubtful_thresholds(volume, recipe, soft_tissue, bone),
            *_steps_without_effect(volume, recipe),
        ),
        flags=(
            *doubts(figures, volume.voxels.size, bone_wanted=bone is not None),
            *_unstable(decided),
        ),
    )


def _label(
    volume: Volume, recipe: Recipe, scale: Scale, decisions: tuple[Decision, Decision | None]
) -> LabelMap:
    soft_tissue, bone = decisions
    grid = volume.grid
    body = _foreground(volume, scale, soft_tissue)
    body = _shaped(body, (step.build() for step in recipe.masks.body), Site(grid))
    if bone is None:
        return LabelMap.of_slabs(body.slabs(), PackedMask.empty(grid.shape).slabs(), grid)
    hard = _foreground(volume, scale, bone)
    hard = _shaped(hard, (step.build() for step in recipe.masks.bone), Site(grid, body))
    return LabelMap.of_slabs(body.slabs(), hard.slabs(), grid)


def _foreground(volume: Volume, scale: Scale, decision: Decision) -> PackedMask:
    """Return where levels lie strictly above the threshold; on an inverted scale, natives below."""
    native = decision.threshold.native
    found = volume.below_by_slices if scale.inverted else volume.above_by_slices
    return PackedMask.of_slabs(found(native), volume.grid.shape)


def _unstable(decided: Decisions) -> Iterable[Flag]:
    """Doubt thresholds at which a mask's size depends on where exactly they lie."""
    for name, decision in (("soft-tissue", decided.soft_tissue), ("bone", decided.bone)):
        if decision is not None:
            level, moved = decision.threshold.level, decision.stability
            yield from unstable_threshold(name, level, moved.delta_levels, moved.largest)


def _shaped(mask: PackedMask, steps: Iterable[Step], site: Site) -> PackedMask:
    for step in steps:
        mask = step.apply(mask, site)
    return mask


def _steps_without_effect(volume: Volume, recipe: Recipe) -> tuple[ScanWarning, ...]:
    steps = (*recipe.masks.body, *recipe.masks.bone)
    found = (warning for step in steps for warning in step.build().warnings(volume.grid))
    return tuple(dict.fromkeys(found))


def _doubtful_thresholds(
    volume: Volume, recipe: Recipe, soft_tissue: Decision, bone: Decision | None
) -> list[ScanWarning]:
    """Warn of fallbacks, of HU asked of what has none, and of thresholds the wrong way round."""
    found = []
    decisions = {"soft_tissue": soft_tissue, "bone": bone}
    for name, decision in decisions.items():
        if decision is not None and decision.fallback is not None:
            level = decision.threshold.level
            text = f"{name}: {decision.fallback}; the fixed level {level:g} is used instead"
            found.append(ScanWarning("threshold_fallback", text))
    stated = [b for b in (recipe.thresholds.soft_tissue, recipe.thresholds.bone) if b is not None]
    uncalibrated = volume.family in (Family.MR, Family.OTHER)
    if uncalibrated and any(getattr(block, "native", None) is not None for block in stated):
        text = f"native thresholds were applied to a {volume.modality}, whose units are arbitrary"
        found.append(ScanWarning("native_threshold_on_arbitrary_units", text))
    if bone is not None and bone.threshold.level <= soft_tissue.threshold.level:
        text = (
            f"bone begins at level {bone.threshold.level:g}, at or below soft tissue "
            f"({soft_tissue.threshold.level:g}); there is no soft tissue between them"
        )
        found.append(ScanWarning("thresholds_crossed", text))
    return found
