"""One scan through the recipe."""

from medmask.finished import Finished
from medmask.pipeline.foresee import foresee
from medmask.pipeline.privacy import Privacy
from medmask.pipeline.segment import Segmentation, segment
from medmask.pipeline.task import ConvertScan, MaskScan, Task

__all__ = [
    "ConvertScan",
    "Finished",
    "MaskScan",
    "Privacy",
    "Segmentation",
    "Task",
    "foresee",
    "segment",
]
