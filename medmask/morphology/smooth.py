"""Smooth a mask's surface."""

from __future__ import annotations

from medmask.morphology.element import Element
from medmask.morphology.majority import majority
from medmask.morphology.packed import PackedMask
from medmask.morphology.radial import Reach


class Smooth(Reach):
    """Make each voxel what most of those within reach of it are.

    A flat surface stays where it is; specks, pits and ridges that are thinner than the reach go.
    Beyond the array the mask goes on as it is at its edge.
    """

    word = "smooth"
    goes_on_beyond_the_edge = True

    def _worked(self, mask: PackedMask, element: Element) -> PackedMask:
        return majority(mask, element)
