"""Mask -> mask: the steps that shape a mask after its threshold."""

from __future__ import annotations

from medmask.morphology.components import Components
from medmask.morphology.fill_holes import FillHoles
from medmask.morphology.grow import Grow
from medmask.morphology.grown import grown
from medmask.morphology.keep_largest import KeepLargest
from medmask.morphology.noise import noise_hu
from medmask.morphology.packed import PackedMask
from medmask.morphology.patient import Patient
from medmask.morphology.radial import Close, Dilate, Erode, Open
from medmask.morphology.remove_small import RemoveSmall
from medmask.morphology.smooth import Smooth
from medmask.morphology.step import Site, Step
from medmask.morphology.trim import Trim
from medmask.morphology.within import Within

STEPS: dict[str, type[Step]] = {
    "dilate": Dilate,
    "erode": Erode,
    "open": Open,
    "close": Close,
    "fill_holes": FillHoles,
    "remove_small": RemoveSmall,
    "keep_largest": KeepLargest,
    "smooth": Smooth,
    "within": Within,
    "patient": Patient,
    "grow": Grow,
    "trim": Trim,
}

__all__ = [
    "STEPS",
    "Close",
    "Components",
    "Dilate",
    "Erode",
    "FillHoles",
    "Grow",
    "KeepLargest",
    "Open",
    "PackedMask",
    "Patient",
    "RemoveSmall",
    "Site",
    "Smooth",
    "Step",
    "Trim",
    "Within",
    "grown",
    "noise_hu",
]
