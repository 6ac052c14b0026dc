"""Label map -> figures and flags; a mask held against a reference."""

from medmask.quality.agreement import TOLERANCE_MM, Agreement, agree
from medmask.quality.changes import Change, Changes
from medmask.quality.figures import Box, Figures, MaskFigures, Parts, measure
from medmask.quality.flags import (
    bone_in_noise,
    doubts,
    flooded,
    metal,
    mostly_removed,
    unstable_threshold,
)
from medmask.quality.outliers import OUTLYING, Spread
from medmask.quality.tally import Percentiles

__all__ = [
    "OUTLYING",
    "TOLERANCE_MM",
    "Agreement",
    "Box",
    "Change",
    "Changes",
    "Figures",
    "MaskFigures",
    "Parts",
    "Percentiles",
    "Spread",
    "agree",
    "bone_in_noise",
    "doubts",
    "flooded",
    "measure",
    "metal",
    "mostly_removed",
    "unstable_threshold",
]
