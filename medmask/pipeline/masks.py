"""Volume and thresholds -> masks, step by step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from medmask.grid import Grid
from medmask.labels import LabelMap
from medmask.morphology import STEPS, Components, PackedMask, Site, grown
from medmask.pipeline.decide import Decision, Decisions
from medmask.quality import Change, Changes, Parts
from medmask.recipe import Recipe
from medmask.recipe.model import StepBlock
from medmask.scale import Scale
from medmask.thresholds import Surface, Threshold
from medmask.volume import Volume

WORDS = {kind: word for word, kind in STEPS.items()}


@dataclass(frozen=True, eq=False)
class Masks:
    """What thresholds and steps make of a volume.

    Attributes
    ----------
    labels : LabelMap
    soft_tissue_taken, bone_taken : int or None
        Voxels of each mask once it had grown, where its threshold lets it grow.
    changes : Changes
        Volumes of both masks from the threshold through each step.
    parts : Parts
        In how many pieces each label lies.
    """

    labels: LabelMap
    soft_tissue_taken: int | None
    bone_taken: int | None
    changes: Changes
    parts: Parts


def make_masks(volume: Volume, recipe: Recipe, decided: Decisions) -> Masks:
    """Return the label map, and how each mask came about.

    Parameters
    ----------
    volume : Volume
    recipe : Recipe
    decided : Decisions
        The volume's thresholds.
    """
    grid, scale, steps = volume.grid, decided.histogram.scale, recipe.masks
    body = _Mask.above(volume, scale, decided.soft_tissue).shaped(
        steps.body, Site(grid, None, volume)
    )
    bone = _Mask(PackedMask.empty(grid.shape), None, ())
    if decided.bone is not None:
        site = Site(grid, body.voxels, volume)
        bone = _Mask.above(volume, scale, decided.bone).shaped(steps.bone, site)
    # Counting takes memory, and so does the label map: not both at once.
    parts = Parts(_parts(body.voxels.without(bone.voxels)), _parts(bone.voxels))
    return Masks(
        LabelMap.of_slabs(body.voxels.slabs(), bone.voxels.slabs(), grid),
        body.taken,
        bone.taken,
        Changes(body.changes, bone.changes),
        parts,
    )


@dataclass(frozen=True, eq=False)
class _Mask:
    """A mask on its way through the steps.

    Attributes
    ----------
    voxels : PackedMask
    taken : int or None
        Its voxels once it had grown, where it may.
    changes : tuple of Change
    """

    voxels: PackedMask
    taken: int | None
    changes: tuple[Change, ...]

    @classmethod
    def above(cls, volume: Volume, scale: Scale, decision: Decision) -> _Mask:
        """Return what lies above a threshold, grown as far as it may, and its surroundings."""
        voxels, growth = _above(volume, scale, decision.threshold), decision.growth
        changes, taken = [_change("threshold", voxels, volume.grid)], None
        if growth is not None:
            voxels = grown(voxels, _above(volume, scale, growth.low))
            changes.append(_change("hysteresis", voxels, volume.grid))
            taken = changes[-1].voxels
        if decision.local is not None:
            surface: Surface = decision.local
            slices = surface.above_by_slices(volume, scale, decision.lowest)
            voxels = voxels & PackedMask.of_slabs(slices, voxels.shape)
            changes.append(_change("local", voxels, volume.grid))
        return cls(voxels, taken, tuple(changes))

    def shaped(self, blocks: Iterable[StepBlock], site: Site) -> _Mask:
        """Return the mask after some steps."""
        voxels, changes = self.voxels, list(self.changes)
        for step in (block.build() for block in blocks):
            voxels = step.apply(voxels, site)
            changes.append(_change(WORDS[type(step)], voxels, site.grid))
        return replace(self, voxels=voxels, changes=tuple(changes))


def _change(step: str, mask: PackedMask, grid: Grid) -> Change:
    voxels, each = mask.count(), grid.voxel_ml
    return Change(step, voxels, None if each is None else voxels * each)


def _parts(mask: PackedMask) -> int:
    return int(Components.of(mask, 26).sizes.size)


def _above(volume: Volume, scale: Scale, threshold: Threshold) -> PackedMask:
    """Return where levels lie strictly above the threshold; on an inverted scale, natives below."""
    native = threshold.native
    found = volume.below_by_slices if scale.inverted else volume.above_by_slices
    return PackedMask.of_slabs(found(native), volume.grid.shape)
