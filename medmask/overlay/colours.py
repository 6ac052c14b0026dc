"""Colours of annotations that were not given any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Final

from medmask.annotation import Annotation
from medmask.overlay.layer import LayerStyle

PALETTE: Final = (  # told apart with any colour vision, and from bone's orange and skin's blue [1]_
    *("#ff4fa3", "#009e73", "#f0e442", "#56b4e9"),
    *("#cc79a7", "#d55e00", "#b2df8a", "#cab2d6"),
)


def styles_of(annotations: Sequence[Annotation], style: LayerStyle) -> list[LayerStyle]:
    """Return how each annotation is drawn.

    Parameters
    ----------
    annotations : sequence of Annotation
    style : LayerStyle
        The recipe's for all of them; a colour that it names counts for all.

    Returns
    -------
    list of LayerStyle
        Without a colour of the recipe each has its author's, else the next of `PALETTE`.

    References
    ----------
    .. [1] Wong B. Points of view: Color blindness. Nature Methods 8, 441 (2011),
       doi:10.1038/nmeth.1618.
    """
    number = count()
    return [
        replace(style, colour=style.colour or annotation.colour or _next(number))
        for annotation in annotations
    ]


def _next(number: count[int]) -> str:
    return PALETTE[next(number) % len(PALETTE)]
