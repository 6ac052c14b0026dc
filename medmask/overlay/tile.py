"""One picture of a montage: a plane cut, scaled to true proportions, with its layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from medmask.annotation import OPAQUE, Annotation
from medmask.labels import Label, LabelMap
from medmask.overlay.colours import styles_of
from medmask.overlay.compose import Layer, compose
from medmask.overlay.contour import resize_edge
from medmask.overlay.layer import LayerStyle
from medmask.overlay.planes import Plane
from medmask.overlay.window import to_grey
from medmask.volume import Display, Volume

Size = tuple[int, int]  # drawn pixels: width, height
SHARP_FROM = 4.0  # drawn pixels a voxel from which voxels are shown as what they are: blocks


@dataclass(frozen=True, eq=False)
class Subject:
    """All that pictures of one scan are drawn from.

    Attributes
    ----------
    volume : Volume
    display : Display
        The native interval shown.
    labels : LabelMap
    annotations : tuple of Annotation
        On the scan's grid.
    layers : tuple of LayerStyle
        From the bottom up.
    """

    volume: Volume
    display: Display
    labels: LabelMap
    annotations: tuple[Annotation, ...]
    layers: tuple[LayerStyle, ...]


@dataclass(frozen=True, eq=False)
class Tile:
    """A finished picture and what is written around it.

    Attributes
    ----------
    rgb : ndarray of uint8, shape (rows, columns, 3)
    caption : str
        Which plane, and where.
    letters : tuple of str
        Body sides at the left, right, top and bottom; empty if unknown.
    px_per_mm : float or None
        Drawn pixels in a millimetre, None where it is unknown.
    """

    rgb: NDArray[np.uint8]
    caption: str
    letters: tuple[str, str, str, str]
    px_per_mm: float | None


def draw_tile(subject: Subject, plane: Plane, at: int, px_per_unit: float) -> Tile:
    """Return the picture of one slice.

    Parameters
    ----------
    subject : Subject
    plane : Plane
    at : int
        Array index along the plane's normal.
    px_per_unit : float
        Drawn pixels in a world unit: a millimetre, where spacing is known.
    """
    grid = subject.volume.grid
    high, wide = plane.extent(grid)
    size = (max(1, round(wide * px_per_unit)), max(1, round(high * px_per_unit)))
    grey = to_grey(subject.volume, plane.picture(subject.volume.voxels, at), subject.display)
    layers = layers_of(subject, plane, at, size)
    rgb = compose(_resize_grey(grey, size), layers, (px_per_unit, px_per_unit))
    px_per_mm = px_per_unit if plane.spacing_known(grid) else None
    return Tile(rgb, _caption(subject.volume, plane, at), plane.letters(grid), px_per_mm)


def layers_of(subject: Subject, plane: Plane, at: int, size: Size) -> list[Layer]:
    """Return the layers of one slice at the drawn size (width, height)."""
    label = plane.picture(subject.labels.voxels, at)
    resized = resize_nearest(label, size)
    drawn: list[Layer] = []
    for style in subject.layers:
        if style.show == "annotations":
            drawn += _annotated(subject.annotations, style, plane, at, size)
        elif style.style == "fill":
            drawn.append(Layer(_shown(resized, style), style))
        else:
            drawn.append(Layer(_with_edge(_shown(label, style), size), style))
    return drawn


def _annotated(
    annotations: Sequence[Annotation], style: LayerStyle, plane: Plane, at: int, size: Size
) -> list[Layer]:
    """Return a layer for each annotation, in the recipe's colour or its own.

    One that its author drew with an opacity is seen as it covers, whatever the style of masks.
    """
    drawn = []
    for annotation, own in zip(annotations, styles_of(annotations, style), strict=True):
        cut = plane.picture(annotation.voxels, at)
        if annotation.value is not None and own.style != "fill":
            drawn.append(Layer(_with_edge(annotation.mask(cut), size), own))
            continue
        cut, weights = resize_nearest(cut, size), None
        if annotation.value is None:
            weights = cut.astype(np.float32) / np.float32(OPAQUE)
        drawn.append(Layer(annotation.mask(cut), replace(own, style="fill"), weights))
    return drawn


def _with_edge(mask: NDArray[np.bool_], size: Size) -> NDArray[np.bool_]:
    """Return a mask whose edge is to be drawn: around voxels where these are drawn as blocks."""
    if _zoom(mask, size) >= SHARP_FROM:
        mask = resize_nearest(mask, size)
    return resize_edge(mask, size)


def _zoom(picture: NDArray[Any], size: Size) -> float:
    return float(min(size[0] / picture.shape[1], size[1] / picture.shape[0]))


def _shown(label: NDArray[np.uint8], style: LayerStyle) -> NDArray[np.bool_]:
    """Return what a layer shows; soft tissue is outlined without the holes that bone makes in it.

    Bone has a layer of its own: a second line along its edge would hide what is to be checked.
    """
    if style.show == "bone":
        return np.asarray(label == Label.BONE)
    if style.style != "fill":
        return np.asarray(label != Label.BACKGROUND)
    return np.asarray(label == Label.SOFT_TISSUE)


def resize_nearest(picture: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Return a picture of another size (width, height) that holds no value but its own."""
    wide, high = size
    rows, columns = (
        ((np.arange(drawn) + 0.5) * extent / drawn).astype(np.intp)
        for drawn, extent in ((high, picture.shape[0]), (wide, picture.shape[1]))
    )
    return picture[np.ix_(rows, columns)]


def _resize_grey(grey: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Average where it shrinks; where it grows, interpolate a little but never blur to mush."""
    if _zoom(grey, size) >= SHARP_FROM:
        sharp: NDArray[np.uint8] = resize_nearest(grey, size)
        return sharp
    image = Image.fromarray(np.ascontiguousarray(grey))
    return np.asarray(image.resize(size, Image.Resampling.BILINEAR))


def _caption(volume: Volume, plane: Plane, at: int) -> str:
    """Name the plane and its place: mm towards a body side, or the number of the slice."""
    place = plane.position_mm(volume.grid, at)
    if place is None:
        return f"{plane.name} {at + 1} of {volume.grid.shape[plane.normal.index]}"
    side = _WORLD_SIDES[plane.name][int(place >= 0)]
    return f"{plane.name}  {side} {abs(place):.1f} mm"


_WORLD_SIDES = {"axial": "IS", "coronal": "AP", "sagittal": "RL"}
