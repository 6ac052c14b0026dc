"""Several volumes at the same positions, and what tells them apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
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
    ("temporal", lambda header: header.temporal),
    ("echo", lambda header: header.echo),
    ("echo_time", lambda header: header.echo_time),
    ("image_type", lambda header: header.image_type),
    ("diffusion", lambda header: header.diffusion),
    ("trigger_time", lambda header: header.trigger_time),
    ("kernel", lambda header: header.kernel),
    ("kvp", lambda header: header.kvp),
    ("acquired", lambda header: header.acquired),
    ("created", lambda header: header.created),
    ("rescale", lambda header: (header.intensity.slope, header.intensity.intercept)),
)
_MOST_MARKS: Final = 3  # that it may take together, such as echo, time and image type


def by_phase(members: tuple[Header, ...]) -> list[Part]:
    """Part volumes at the same positions by what tells them apart, if it does so cleanly.

    One mark alone is tried first, then two and three together; only marks that differ count.
    """
    unique = _unique(members)
    heights = heights_of(unique, unique[0])
    if heights is None or not _repeats(heights):
        return [Part("", members)]
    marks = [(name, mark) for name, mark in _PHASES if len({mark(h) for h in unique}) > 1]
    for count in range(1, _MOST_MARKS + 1):
        for chosen in combinations(marks, count):
            phases = _parted(members, chosen)
            if _is_clean([phase.headers for phase in phases], unique[0]):
                return phases
    return [Part("", members)]


def _parted(
    members: Sequence[Header], marks: Sequence[tuple[str, Callable[[Header], object]]]
) -> list[Part]:
    """Part headers by some marks; keys count the values of each mark in their order."""
    ranks = []
    for _, mark in marks:
        values = sorted({mark(header) for header in members}, key=_order)
        ranks.append({value: number for number, value in enumerate(values, start=1)})
    phases: dict[str, list[Header]] = defaultdict(list)
    for header in members:
        words = (
            f"{name}-{rank[mark(header)]}" for (name, mark), rank in zip(marks, ranks, strict=True)
        )
        phases["-".join(words)].append(header)
    return [Part(key, tuple(headers)) for key, headers in phases.items()]


def _order(value: object) -> tuple[bool, float, str]:
    """Order numbers by value and everything else by its text, what is unknown first."""
    number = value if isinstance(value, int | float) else 0.0
    return value is not None, number, "" if number else str(value)


def _unique(members: Sequence[Header]) -> tuple[Header, ...]:
    return tuple({header.identity: header for header in members}.values())


def _is_clean(phases: Iterable[Sequence[Header]], view: Header) -> bool:
    """Tell whether every phase holds the same positions, at least two and each once."""
    reference: NDArray[np.float64] | None = None
    for phase in phases:
        heights = heights_of(_unique(phase), view)
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
