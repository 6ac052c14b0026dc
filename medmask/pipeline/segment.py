"""Volume and recipe -> label map, with every number on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from medmask.histogram import Histogram
from medmask.labels import Label, LabelMap
from medmask.morphology import noise_hu
from medmask.outcome import Flag, ScanWarning
from medmask.pipeline.decide import Decision, decide
from medmask.pipeline.doubtful import doubtful_thresholds
from medmask.pipeline.masks import Masks, make_masks
from medmask.quality import (
    Figures,
    bone_in_noise,
    doubts,
    flooded,
    measure,
    metal,
    unstable_threshold,
)
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


def segment(volume: Volume, recipe: Recipe, earlier: Masks | None = None) -> Segmentation:
    """Mask soft tissue and bone of one volume.

    Body is what lies strictly above the soft-tissue threshold, bone what lies strictly above the
    bone threshold, each after its morphology; soft tissue is body and not bone. Thresholds are
    compared on native values.

    Parameters
    ----------
    volume : Volume
    recipe : Recipe
    earlier : Masks, optional
        What an earlier run made of this volume by the same thresholds and steps.

    Raises
    ------
    ScanError
        If the volume has no scale, no valid voxel, or no millimetres where the recipe needs them.
    """
    decided = decide(volume, recipe)
    scale = decided.histogram.scale
    masks = make_masks(volume, recipe, decided) if earlier is None else earlier
    labels = masks.labels
    soft_tissue = _grown(decided.soft_tissue, masks.soft_tissue_taken)
    bone = None if decided.bone is None else _grown(decided.bone, masks.bone_taken)
    figures = measure(volume, labels, masks.changes, masks.parts)
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
            *doubtful_thresholds(volume, recipe, soft_tissue, bone),
            *_steps_without_effect(volume, recipe),
            *_feathers_in_pixels(volume, recipe),
        ),
        flags=(
            *doubts(figures, volume.grid, bone_wanted=bone is not None),
            *_metal(volume, decided.histogram),
            *_unstable(soft_tissue, bone),
            *_noisy(volume, labels, bone),
        ),
    )


def _grown(decision: Decision, taken: int | None) -> Decision:
    """Return a decision with how far its mask has grown."""
    if decision.growth is None:
        return decision
    return replace(decision, growth=replace(decision.growth, taken=taken))


def _metal(volume: Volume, histogram: Histogram) -> Iterable[Flag]:
    each = volume.grid.voxel_ml
    return () if each is None or volume.family is not Family.CT else metal(histogram, each)


def _unstable(soft_tissue: Decision, bone: Decision | None) -> Iterable[Flag]:
    """Doubt thresholds at which a mask's size depends on where exactly they lie."""
    for name, decision in (("soft-tissue", soft_tissue), ("bone", bone)):
        if decision is not None:
            level, moved, growth = decision.threshold.level, decision.stability, decision.growth
            yield from unstable_threshold(name, level, moved.delta_levels, moved.largest)
            if growth is not None and growth.taken is not None:
                yield from flooded(name, growth.low.level, decision.above, growth.taken)


def _noisy(volume: Volume, labels: LabelMap, bone: Decision | None) -> tuple[Flag, ...]:
    """Doubt the bone of a CT whose noise reaches the threshold."""
    if bone is None or volume.family is not Family.CT:
        return ()
    noise = noise_hu(volume, lambda rows: labels.voxels[rows] != Label.BACKGROUND)
    return bone_in_noise(bone.threshold.native, noise)


def _feathers_in_pixels(volume: Volume, recipe: Recipe) -> Iterable[ScanWarning]:
    """Warn of soft edges whose width cannot be in mm."""
    widths = [layer.feather_mm for layer in recipe.overlay.build().layers if layer.feather_mm]
    if widths and not all(volume.grid.spacing_known[1:]):
        text = f"the spacing is unknown: feather_mm {widths[0]:g} was drawn as that many pixels"
        yield ScanWarning("feather_in_pixels", text)


def _steps_without_effect(volume: Volume, recipe: Recipe) -> tuple[ScanWarning, ...]:
    steps = (*recipe.masks.body, *recipe.masks.bone)
    found = (warning for step in steps for warning in step.build().warnings(volume.grid))
    return tuple(dict.fromkeys(found))
