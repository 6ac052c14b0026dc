"""Decisions -> the picture that shows why."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medmask.overlay import DEFAULT_LAYERS, Chosen, Other, histogram_picture
from medmask.pipeline.decide import Candidate, Decision, Decisions
from medmask.recipe import Recipe


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


def _chosen(name: str, decision: Decision, rgb: tuple[int, int, int]) -> Chosen:
    how = decision.strategy if decision.fallback is None else f"fallback from {decision.strategy}"
    delta = decision.stability.delta_levels
    return Chosen(name, decision.threshold.level, how, rgb, delta)


def _other(candidate: Candidate) -> Other:
    name, level = candidate.strategy, candidate.level
    return Other(f"fixed {level:g}" if name == "fixed" else name, level)
