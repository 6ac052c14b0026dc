"""What a reviewer can lay over a scan, and in which channels of which sheet it lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from medmask.annotation import Annotation
from medmask.overlay.colours import styles_of
from medmask.overlay.layer import LayerStyle, Shown
from medmask.overlay.tile import Subject

MASKS_ON_A_SHEET = 3
MOST_ANNOTATIONS = 12  # beyond, a list of layers is no help and the sheets get heavy
_SOFT, _BONE = 0, 1  # the bits of a label map's values


@dataclass(frozen=True)
class ReviewLayer:
    """One layer of the scan's page.

    Attributes
    ----------
    name : str
    show : {"bone", "soft_tissue", "annotations"}
    colour : str
        ``#rrggbb``.
    opacity : float
        0 to 1, to begin with.
    style : {"fill", "contour"}
        To begin with; the page does not hatch, and outlines what is hatched.
    visible : bool
        Whether it is seen to begin with: what the recipe draws is.
    sheet : int
        Which of the plane's mask sheets; the first is the label map.
    fill, outline : tuple of int
        The channels, 0 red to 2 blue, whose union is filled, and whose union is outlined: soft
        tissue is outlined without the holes that bone makes in it.
    """

    name: str
    show: Shown
    colour: str
    opacity: float
    style: Literal["fill", "contour"]
    visible: bool
    sheet: int
    fill: tuple[int, ...]
    outline: tuple[int, ...]


def review_layers(subject: Subject) -> tuple[ReviewLayer, ...]:
    """Return the layers of a scan from the bottom up: the recipe's, then what it leaves out."""
    shown = {style.show for style in subject.layers}
    others = [LayerStyle(show) for show in ("bone", "soft_tissue") if show not in shown]
    layers = [layer for style in subject.layers for layer in _layers(subject, style, visible=True)]
    layers += [layer for style in others for layer in _layers(subject, style, visible=False)]
    return tuple(layers)


def _layers(subject: Subject, style: LayerStyle, *, visible: bool) -> list[ReviewLayer]:
    """Return the layers of one style: one, or one for each annotation."""

    def layer(
        name: str, sheet: int, fill: tuple[int, ...], outline: tuple[int, ...]
    ) -> ReviewLayer:
        drawn: Literal["fill", "contour"] = "fill" if style.style == "fill" else "contour"
        look = (_hex(style), style.opacity, drawn, visible)
        return ReviewLayer(name, style.show, *look, sheet, fill, outline)

    if style.show == "bone":
        return [layer("bone", 0, (_BONE,), (_BONE,))]
    if style.show == "soft_tissue":
        return [layer("soft tissue", 0, (_SOFT,), (_SOFT, _BONE))]
    styles = styles_of(subject.annotations, style)
    return [
        replace(
            layer(_name(group), 1 + n // MASKS_ON_A_SHEET, *[(n % MASKS_ON_A_SHEET,)] * 2),
            colour=_hex(styles[n]),
        )
        for n, group in enumerate(groups_of(subject.annotations))
    ]


def groups_of(annotations: Sequence[Annotation]) -> list[tuple[Annotation, ...]]:
    """Return what each layer of annotations shows: one of them, the last layer perhaps many."""
    if len(annotations) <= MOST_ANNOTATIONS:
        return [(each,) for each in annotations]
    alone = [(each,) for each in annotations[: MOST_ANNOTATIONS - 1]]
    return [*alone, tuple(annotations[MOST_ANNOTATIONS - 1 :])]


def annotation_sheets(annotations: Sequence[Annotation]) -> list[list[tuple[Annotation, ...]]]:
    """Return the layers' annotations, as many layers together as a sheet can hold."""
    groups = groups_of(annotations)
    return [groups[n : n + MASKS_ON_A_SHEET] for n in range(0, len(groups), MASKS_ON_A_SHEET)]


def _name(group: tuple[Annotation, ...]) -> str:
    return group[0].name if len(group) == 1 else f"{len(group)} more annotations"


def _hex(style: LayerStyle) -> str:
    return "#{:02x}{:02x}{:02x}".format(*style.rgb)
