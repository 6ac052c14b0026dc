"""Histogram -> number: the strategies that choose a threshold."""

from __future__ import annotations

from medmask.thresholds.drop import Drop
from medmask.thresholds.fixed import Fixed
from medmask.thresholds.hysteresis import Hysteresis
from medmask.thresholds.isodata import Isodata
from medmask.thresholds.li import Li
from medmask.thresholds.local import Local, Surface
from medmask.thresholds.minimum import Minimum
from medmask.thresholds.multi_otsu import MultiOtsu
from medmask.thresholds.otsu import Otsu
from medmask.thresholds.percentile import Percentile
from medmask.thresholds.stability import Stability, stability
from medmask.thresholds.threshold import Strategy, Threshold
from medmask.thresholds.triangle import Triangle
from medmask.thresholds.valley import Valley
from medmask.thresholds.yen import Yen

STRATEGIES: dict[str, type[Strategy]] = {
    "fixed": Fixed,
    "drop": Drop,
    "valley": Valley,
    "otsu": Otsu,
    "multi_otsu": MultiOtsu,
    "li": Li,
    "triangle": Triangle,
    "yen": Yen,
    "isodata": Isodata,
    "minimum": Minimum,
    "percentile": Percentile,
}

__all__ = [
    "STRATEGIES",
    "Drop",
    "Fixed",
    "Hysteresis",
    "Isodata",
    "Li",
    "Local",
    "Minimum",
    "MultiOtsu",
    "Otsu",
    "Percentile",
    "Stability",
    "Strategy",
    "Surface",
    "Threshold",
    "Triangle",
    "Valley",
    "Yen",
    "stability",
]
