"""Figures -> doubts that a reviewer should look at first."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from medmask.grid import Grid
from medmask.histogram import Histogram
from medmask.outcome import Flag
from medmask.quality.changes import Change
from medmask.quality.figures import FACES, Figures

FULL = 0.97  # share of all voxels; a body that fills the field of view to this extent is rare
# About 226 HU, on a slope of marrow and cartilage, bone in CTs of the trunk changes by 8 to 25 %
# over 2 levels, and all other masks by less than 15 %: at a third the threshold is on no boundary.
UNSTABLE = 1 / 3
MOSTLY = 1 / 2  # of a body: tables and pads are a tenth of what lies above -190 HU, rarely a third
METAL_HU, METAL_ML = 2900.0, 0.2  # enamel and the densest bone end below; screws begin there
MUSCLE_HU = 60.0
# High noise is measured too low: 55 HU, a third of the way from muscle to 226 HU, stand for 66.
# Then one voxel of muscle in 160 is above the threshold.
CHANCE = 3.0
FLOODED = 3.0  # a mask that grows by more than twice its voxels has got into its neighbours


def doubts(figures: Figures, grid: Grid, *, bone_wanted: bool) -> tuple[Flag, ...]:
    """Return the flags that one scan's figures raise.

    Parameters
    ----------
    figures : Figures
    grid : Grid
        Of the label map.
    bone_wanted : bool
        Whether bone was looked for at all.
    """
    flags, voxels = [], math.prod(grid.shape)
    body = figures.soft_tissue.voxels + figures.bone.voxels
    if body == 0:
        flags.append(Flag("empty_mask", "nothing lies above the soft-tissue threshold"))
    elif bone_wanted and figures.bone.voxels == 0:
        flags.append(Flag("no_bone", "nothing is left of bone above its threshold"))
    if body > FULL * voxels:
        share = f"{100 * body / voxels:.0f} %"
        flags.append(Flag("mask_fills_image", f"the body covers {share} of the image"))
    return (*flags, *_cut_off(figures, grid), *mostly_removed(figures.changes.body))


def _cut_off(figures: Figures, grid: Grid) -> tuple[Flag, ...]:
    """Doubt bone that ends where the image does; a volume's first and last slice always cut it."""
    faces = set(FACES[grid.axial_axis])
    touched = [face for face in figures.bone.border if face not in faces]
    if grid.is_2d or not touched:
        return ()
    where = " and ".join(face.replace("_", " ") for face in touched)
    return (Flag("touches_border", f"bone reaches the {where}: some of it may lie outside"),)


def mostly_removed(changes: Sequence[Change]) -> tuple[Flag, ...]:
    """Return the flag of a step that took most of a body away.

    Parameters
    ----------
    changes : sequence of Change
        The body from its threshold through each step.
    """
    for before, after in itertools.pairwise(changes):
        if after.voxels < (1 - MOSTLY) * before.voxels:
            share = f"{100 * (1 - after.voxels / before.voxels):.0f} %"
            text = f"the step {after.step} removes {share} of the body's mask"
            return (Flag("mostly_removed", text),)
    return ()


def metal(histogram: Histogram, voxel_ml: float) -> tuple[Flag, ...]:
    """Return the flag of a CT with metal, whose streaks no threshold tells from bone or air.

    Parameters
    ----------
    histogram : Histogram
        Of values in HU.
    voxel_ml : float
        Volume of a voxel.
    """
    volume_ml = int(histogram.counts[histogram.native > METAL_HU].sum()) * voxel_ml
    if volume_ml < METAL_ML:
        return ()
    text = (
        f"{volume_ml:.3g} ml are denser than {METAL_HU:g} HU, as metal is: its streaks may be "
        "taken for bone, and dark ones for air"
    )
    return (Flag("metal", text),)


def unstable_threshold(
    mask: str, level: float, delta_levels: float, change: float | None
) -> tuple[Flag, ...]:
    """Return the flag of a threshold on which the mask's size depends too much.

    Parameters
    ----------
    mask : str
        Its name in a sentence.
    level : float
        The threshold.
    delta_levels : float
        How far it was moved, up and down.
    change : float or None
        By what share of its voxels the mask changed at most; ``None`` if it has none.
    """
    if change is None or change <= UNSTABLE:
        return ()
    text = (
        f"the {mask} threshold, level {level:.4g}, is on a slope: "
        f"{delta_levels:g} levels up or down change the mask by {100 * change:.0f} %"
    )
    return (Flag("unstable_threshold", text),)


def flooded(mask: str, low_level: float, seeds: int, taken: int) -> tuple[Flag, ...]:
    """Return the flag of a mask that has grown out of proportion below its threshold.

    Parameters
    ----------
    mask : str
        Its name in a sentence.
    low_level : float
        The lower threshold, down to which it has grown.
    seeds, taken : int
        Its voxels before and after.
    """
    if taken <= FLOODED * seeds:
        return ()
    text = (
        f"growing down to level {low_level:.4g} makes the {mask} mask {taken / seeds:.1f} times "
        f"as large: {taken} voxels instead of {seeds}"
    )
    return (Flag("hysteresis_floods", text),)


def bone_in_noise(bone_hu: float, noise_hu: float) -> tuple[Flag, ...]:
    """Return the flag of a CT in which noise alone lifts muscle above the bone threshold.

    Parameters
    ----------
    bone_hu : float
        The threshold.
    noise_hu : float
        Standard deviation in soft tissue, at least.
    """
    if bone_hu - MUSCLE_HU >= CHANCE * noise_hu:
        return ()
    text = (
        f"the noise of {noise_hu:.0f} HU or more lifts muscle above the bone threshold of "
        f"{bone_hu:.4g} HU by chance: specks may be left, and thin bone be lost"
    )
    return (Flag("bone_in_noise", text),)
