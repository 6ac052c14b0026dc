"""Figures -> doubts that a reviewer should look at first."""

from __future__ import annotations

from medmask.outcome import Flag
from medmask.quality.figures import Figures

FULL = 0.97  # share of all voxels; a body that fills the field of view to this extent is rare
# About 226 HU, on a slope of marrow and cartilage, bone in CTs of the trunk changes by 8 to 25 %
# over 2 levels, and all other masks by less than 15 %: at a third the threshold is on no boundary.
UNSTABLE = 1 / 3
FLOODED = 3.0  # a mask that grows by more than twice its voxels has got into its neighbours


def doubts(figures: Figures, voxels: int, *, bone_wanted: bool) -> tuple[Flag, ...]:
    """Return the flags that one scan's figures raise.

    Parameters
    ----------
    figures : Figures
    voxels : int
        Voxels of the whole array.
    bone_wanted : bool
        Whether bone was looked for at all.
    """
    flags = []
    body = figures.soft_tissue.voxels + figures.bone.voxels
    if body == 0:
        flags.append(Flag("empty_mask", "nothing lies above the soft-tissue threshold"))
    elif bone_wanted and figures.bone.voxels == 0:
        flags.append(Flag("no_bone", "nothing is left of bone above its threshold"))
    if body > FULL * voxels:
        share = f"{100 * body / voxels:.0f} %"
        flags.append(Flag("mask_fills_image", f"the body covers {share} of the image"))
    return tuple(flags)


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
