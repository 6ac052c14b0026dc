"""Layers over a grey picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medmask.errors import NoSpacing
from medmask.overlay.blend import blend
from medmask.overlay.contour import contour
from medmask.overlay.feather import feather
from medmask.overlay.layer import LayerStyle


@dataclass(frozen=True, eq=False)
class Layer:
    """A mask and the way to draw it.

    Attributes
    ----------
    mask : ndarray of bool, shape (rows, columns)
        At the picture's drawn resolution.
    style : LayerStyle
        Colour, opacity, fill or contour, feather.
    """

    mask: NDArray[np.bool_]
    style: LayerStyle


def compose(
    grey: NDArray[np.uint8],
    layers: Sequence[Layer],
    px_per_mm: tuple[float, float] | None = None,
) -> NDArray[np.uint8]:
    """Return a grey picture with layers blended over it, in colour.

    Each layer is blended over what lies below it, so the weights of the picture and of all
    layers sum to one in every pixel, and rounding happens once.

    Parameters
    ----------
    grey : ndarray of uint8, shape (rows, columns)
    layers : sequence of Layer
        From the bottom up.
    px_per_mm : tuple of float, optional
        Drawn pixels in a millimetre down and to the right; None where it is unknown.

    Returns
    -------
    ndarray of uint8, shape (rows, columns, 3)

    Raises
    ------
    NoSpacing
        If a layer is feathered in mm and the picture has none.
    """
    picture = np.repeat(grey[..., np.newaxis], 3, axis=2)
    if not layers:
        return picture
    mixed = picture.astype(np.float32)
    for layer in layers:
        colour = np.broadcast_to(np.array(layer.style.rgb, np.float32), mixed.shape)
        mixed = blend(colour, mixed, weights(layer, px_per_mm))
    return np.rint(mixed).astype(np.uint8)


def weights(layer: Layer, px_per_mm: tuple[float, float] | None) -> NDArray[np.float32]:
    """Return a layer's weight in every pixel, shape (rows, columns), 0 to its opacity."""
    style = layer.style
    if style.style == "contour":
        share = contour(layer.mask).astype(np.float32)
    elif style.feather_mm == 0:
        share = layer.mask.astype(np.float32)
    elif px_per_mm is None:
        raise NoSpacing(
            f"overlay layer {style.show}",
            f"feather_mm {style.feather_mm:g} on a scan whose spacing is unknown",
            "feather_mm 0, or a scan with spacing",
        )
    else:
        down, right = px_per_mm
        share = feather(layer.mask, (style.feather_mm * down, style.feather_mm * right))
    return share * np.float32(style.opacity)
