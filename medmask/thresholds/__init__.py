"""Histogram -> number: the strategies that choose a threshold."""

from __future__ import annotations

from medmask.thresholds.drop import Drop
from medmask.thresholds.fixed import Fixed
from medmask.thresholds.otsu import Otsu
from medmask.thresholds.stability import Stability, stability
from medmask.thresholds.threshold import Strategy, Threshold

STRATEGIES: dict[str, type[Strategy]] = {"fixed": Fixed, "otsu": Otsu, "drop": Drop}

__all__ = [
    "STRATEGIES",
    "Drop",
    "Fixed",
    "Otsu",
    "Stability",
    "Strategy",
    "Threshold",
    "stability",
]
