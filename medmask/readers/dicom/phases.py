"""Several volumes at the same positions, and what tells them apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from medmask.readers.dicom.header import Header
from medmask.readers.dicom.part import Part
from medmask.readers.dicom.steps import STEP_TOLERANCE_MM
from medmask.readers.dicom.views import heights_of

# What may part several volumes at the same positions, in the order in which it is tried
_PHASES: Final[tuple[tuple[str, Callable[[Header], object]], ...]] = (
    ("acquisition", lambda header: header.acquisition),
    ("echo", lambda header: header.echo),
    ("echo_time", lambda header: header.echo_time),
    ("image_type", lambda header: header.image_type),
)


def by_phase(members: tuple[Header, ...]) -> list[Part]:
    """Part volumes at the same positions by what tells them apart, if it does so cleanly."""
    unique = tuple({header.sop_instance: header for header in members}.values())
    heights = heights_of(unique, unique[0])
    if heights is None or not _repeats(heights):
        return [Part("", members)]
    for name, mark in _PHASES:
        marked: dict[str, list[Header]] = defaultdict(list)
        for header in members:
            marked[str(mark(header))].append(header)
        if len(marked) > 1 and _is_clean(marked.values(), unique[0]):
            return [
                Part(f"{name}-{number + 1}", tuple(marked[word]))
                for number, word in enumerate(sorted(marked))
            ]
    return [Part("", members)]


def _is_clean(phases: Iterable[Sequence[Header]], view: Header) -> bool:
    """Tell whether every phase holds the same positions, at least two and each once."""
    reference: NDArray[np.float64] | None = None
    for phase in phases:
        unique = tuple({header.sop_instance: header for header in phase}.values())
        heights = heights_of(unique, view)
        if heights is None or len(heights) < 2 or _repeats(heights):
            return False
        heights = np.sort(heights)
        if reference is None:
            reference = heights
        elif len(heights) != len(reference) or np.abs(heights - reference).max() > 0.1:
            return False
    return True


def _repeats(heights: NDArray[np.float64]) -> bool:
    return bool((np.diff(np.sort(heights)) < STEP_TOLERANCE_MM).any())
