"""Label map -> figures and flags; a mask held against a reference."""

from medmask.quality.agreement import TOLERANCE_MM, Agreement, agree
from medmask.quality.figures import Figures, MaskFigures, measure
from medmask.quality.flags import doubts, flooded, unstable_threshold
from medmask.quality.outliers import OUTLYING, Spread

__all__ = [
    "OUTLYING",
    "TOLERANCE_MM",
    "Agreement",
    "Figures",
    "MaskFigures",
    "Spread",
    "agree",
    "doubts",
    "flooded",
    "measure",
    "unstable_threshold",
]
