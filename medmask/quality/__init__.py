"""Label map -> figures and flags."""

from medmask.quality.figures import Figures, MaskFigures, measure
from medmask.quality.flags import doubts, unstable_threshold

__all__ = ["Figures", "MaskFigures", "doubts", "measure", "unstable_threshold"]
