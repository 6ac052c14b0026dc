"""Figures -> doubts that a reviewer should look at first."""

from __future__ import annotations

from medmask.outcome import Flag
from medmask.quality.figures import Figures

FULL = 0.97  # share of all voxels; a body that fills the field of view to this extent is rare


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
