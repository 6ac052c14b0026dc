"""Decisions -> the picture that shows why."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medmask.overlay import DEFAULT_LAYERS, Chosen, LevelAxis, Other, histogram_picture
from medmask.pipeline.decide import Candidate, Decision, Decisions
from medmask.recipe import Recipe

_COLUMNS = 240


def evidence_picture(decided: Decisions, recipe: Recipe) -> NDArray[np.uint8]:
    """Draw the histogram with both thresholds and what every strategy would have chosen.

    Parameters
    ----------
    decided : Decisions
    recipe : Recipe
        Whose colours the masks have.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
    """
    layers = (*DEFAULT_LAYERS, *recipe.overlay.build().layers)
    colours = {layer.show: layer.rgb for layer in layers}
    chosen = [_chosen("soft tissue", decided.soft_tissue, colours["soft_tissue"])]
    if decided.bone is not None:
        chosen.append(_chosen("bone", decided.bone, colours["bone"]))
    others = [_other(c) for c in decided.soft_tissue.candidates if c.strategy != "fixed"]
    for decision in (decided.soft_tissue, decided.bone):
        if decision is not None and decision.strategy != "fixed":
            others += [_other(c) for c in decision.candidates if c.strategy == "fixed"]
    return histogram_picture(decided.histogram, chosen, others)


def evidence_document(decided: Decisions) -> dict[str, object]:
    """Return what ``scan.json`` holds of the histogram: enough to draw it, not to count by.

    Parameters
    ----------
    decided : Decisions

    Returns
    -------
    dict
        ``voxels_per_level`` in evenly spaced columns from ``low_level`` to ``high_level``, and the
        share of the voxels ``beyond`` both ends.
    """
    decisions = [each for each in (decided.soft_tissue, decided.bone) if each is not None]
    marks = [decision.threshold.level for decision in decisions]
    marks += [c.level for each in decisions for c in each.candidates if c.level is not None]
    axis = LevelAxis.over(decided.histogram, marks)
    often = axis.per_level(decided.histogram, _COLUMNS)
    return {
        "low_level": axis.low,
        "high_level": axis.high,
        "voxels_per_level": [round(each) for each in often.tolist()],
        "beyond": axis.beyond(decided.histogram),
    }


def _chosen(name: str, decision: Decision, rgb: tuple[int, int, int]) -> Chosen:
    how = decision.strategy if decision.fallback is None else f"fallback from {decision.strategy}"
    delta = decision.stability.delta_levels
    return Chosen(name, decision.threshold.level, how, rgb, delta)


def _other(candidate: Candidate) -> Other:
    name, level = candidate.strategy, candidate.level
    return Other(f"fixed {level:g}" if name == "fixed" else name, level)
