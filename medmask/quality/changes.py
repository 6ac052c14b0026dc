"""How a mask's volume changed from its threshold through each step: the waterfall."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """A mask after one step.

    Attributes
    ----------
    step : str
        The recipe's word for the step; ``threshold`` for what there was before the first,
        ``hysteresis`` for what grew from it, ``local`` for what is brighter than its surroundings.
    voxels : int
    volume_ml : float or None
        ``None`` where the spacing is unknown.
    """

    step: str
    voxels: int
    volume_ml: float | None


@dataclass(frozen=True)
class Changes:
    """Both masks, step by step.

    Attributes
    ----------
    body, bone : tuple of Change
        From the threshold to the last step. The body is soft tissue and bone; bone is empty where
        none was looked for.
    """

    body: tuple[Change, ...] = ()
    bone: tuple[Change, ...] = ()
