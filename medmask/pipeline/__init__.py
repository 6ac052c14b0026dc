"""One scan through the recipe."""

from medmask.pipeline.foresee import foresee
from medmask.pipeline.segment import Segmentation, segment
from medmask.pipeline.task import ConvertScan, Finished, MaskScan, Task

__all__ = ["ConvertScan", "Finished", "MaskScan", "Segmentation", "Task", "foresee", "segment"]
