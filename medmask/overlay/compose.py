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

_ROWS = 128  # drawn at a time, so that no float copy of a large film is made


@dataclass(frozen=True, eq=False)
class Layer:
    """A mask and the way to draw it.

    Attributes
    ----------
    mask : ndarray of bool, shape (rows, columns)
        At the picture's drawn resolution.
    style : LayerStyle
        Colour, opacity, fill or contour, feather.
    weights : ndarray of float32, shape (rows, columns), optional
        How much a filled layer covers, 0 to 1, where its author said more than yes or no.
    """

    mask: NDArray[np.bool_]
    style: LayerStyle
    weights: NDArray[np.float32] | None = None


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
    shares = [_share(layer, px_per_mm) for layer in layers]
    picture = np.repeat(grey[..., np.newaxis], 3, axis=2)
    for start in range(0, grey.shape[0] if layers else 0, _ROWS):
        rows = slice(start, start + _ROWS)
        mixed = picture[rows].astype(np.float32)
        for layer, share in zip(layers, shares, strict=True):
            colour = np.broadcast_to(np.array(layer.style.rgb, np.float32), mixed.shape)
            mixed = blend(colour, mixed, share[rows] * np.float32(layer.style.opacity))
        picture[rows] = np.rint(mixed)
    return picture


def _share(
    layer: Layer, px_per_mm: tuple[float, float] | None
) -> NDArray[np.bool_] | NDArray[np.float32]:
    """Return how much of a pixel a layer covers, 0 to 1, shape (rows, columns)."""
    style = layer.style
    if style.style == "contour":
        return contour(layer.mask)
    if layer.weights is not None:
        return layer.weights
    if style.feather_mm == 0:
        return layer.mask
    if px_per_mm is None:
        raise NoSpacing(
            f"overlay layer {style.show}",
            f"feather_mm {style.feather_mm:g} on a scan whose spacing is unknown",
            "feather_mm 0, or a scan with spacing",
        )
    down, right = px_per_mm
    return feather(layer.mask, (style.feather_mm * down, style.feather_mm * right))
