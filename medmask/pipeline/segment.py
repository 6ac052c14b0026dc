"""Volume and recipe -> label map, with every number on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from medmask.histogram import Histogram
from medmask.labels import LabelMap
from medmask.morphology import PackedMask, Site, Step, grown
from medmask.outcome import Flag, ScanWarning
from medmask.pipeline.decide import Decision, Decisions, decide
from medmask.pipeline.doubtful import doubtful_thresholds
from medmask.quality import Figures, doubts, flooded, measure, unstable_threshold
from medmask.recipe import Recipe
from medmask.scale import Scale
from medmask.thresholds import Threshold
from medmask.volume import Volume


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


@dataclass(frozen=True, eq=False)
class Masks:
    """What thresholds and steps make of a volume.

    Attributes
    ----------
    labels : LabelMap
    soft_tissue_taken, bone_taken : int or None
        Voxels of each mask once it had grown, where its threshold lets it grow.
    """

    labels: LabelMap
    soft_tissue_taken: int | None
    bone_taken: int | None


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
    masks = _masks(volume, recipe, decided) if earlier is None else earlier
    labels = masks.labels
    soft_tissue = _grown(decided.soft_tissue, masks.soft_tissue_taken)
    bone = None if decided.bone is None else _grown(decided.bone, masks.bone_taken)
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
            *doubtful_thresholds(volume, recipe, soft_tissue, bone),
            *_steps_without_effect(volume, recipe),
            *_feathers_in_pixels(volume, recipe),
        ),
        flags=(
            *doubts(figures, volume.voxels.size, bone_wanted=bone is not None),
            *_unstable(soft_tissue, bone),
        ),
    )


def _masks(volume: Volume, recipe: Recipe, decided: Decisions) -> Masks:
    """Return the label map, and how far each mask has grown."""
    grid, scale = volume.grid, decided.histogram.scale
    body, soft_taken = _foreground(volume, scale, decided.soft_tissue)
    body = _shaped(body, (step.build() for step in recipe.masks.body), Site(grid, volume=volume))
    if decided.bone is None:
        nothing = PackedMask.empty(grid.shape)
        return Masks(LabelMap.of_slabs(body.slabs(), nothing.slabs(), grid), soft_taken, None)
    hard, bone_taken = _foreground(volume, scale, decided.bone)
    hard = _shaped(hard, (step.build() for step in recipe.masks.bone), Site(grid, body, volume))
    return Masks(LabelMap.of_slabs(body.slabs(), hard.slabs(), grid), soft_taken, bone_taken)


def _foreground(volume: Volume, scale: Scale, decision: Decision) -> tuple[PackedMask, int | None]:
    """Return what lies above a threshold, grown as far as it may, and how far that was."""
    mask, growth = _above(volume, scale, decision.threshold), decision.growth
    if growth is None:
        return mask, None
    mask = grown(mask, _above(volume, scale, growth.low))
    return mask, mask.count()


def _grown(decision: Decision, taken: int | None) -> Decision:
    """Return a decision with how far its mask has grown."""
    if decision.growth is None:
        return decision
    return replace(decision, growth=replace(decision.growth, taken=taken))


def _above(volume: Volume, scale: Scale, threshold: Threshold) -> PackedMask:
    """Return where levels lie strictly above the threshold; on an inverted scale, natives below."""
    native = threshold.native
    found = volume.below_by_slices if scale.inverted else volume.above_by_slices
    return PackedMask.of_slabs(found(native), volume.grid.shape)


def _unstable(soft_tissue: Decision, bone: Decision | None) -> Iterable[Flag]:
    """Doubt thresholds at which a mask's size depends on where exactly they lie."""
    for name, decision in (("soft-tissue", soft_tissue), ("bone", bone)):
        if decision is not None:
            level, moved, growth = decision.threshold.level, decision.stability, decision.growth
            yield from unstable_threshold(name, level, moved.delta_levels, moved.largest)
            if growth is not None and growth.taken is not None:
                yield from flooded(name, growth.low.level, decision.above, growth.taken)


def _shaped(mask: PackedMask, steps: Iterable[Step], site: Site) -> PackedMask:
    for step in steps:
        mask = step.apply(mask, site)
    return mask


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
