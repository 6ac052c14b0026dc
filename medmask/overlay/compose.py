"""Layers over a grey picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medmask.overlay.contour import contour
from medmask.overlay.feather import feather
from medmask.overlay.hatch import hatch
from medmask.overlay.layer import LayerStyle

_PIXELS = 1 << 16  # drawn at a time: channels and weights stay in the processor's cache


@dataclass(frozen=True, eq=False)
class Layer:
    """A mask and the way to draw it.

    Attributes
    ----------
    mask : ndarray of bool, shape (rows, columns)
        At the picture's drawn resolution.
    style : LayerStyle
        Colour, opacity, fill, contour or hatch, feather.
    weights : ndarray of float32, shape (rows, columns), optional
        How much a filled layer covers, 0 to 1, where its author said more than yes or no.
    """

    mask: NDArray[np.bool_]
    style: LayerStyle
    weights: NDArray[np.float32] | None = None


def compose(
    grey: NDArray[np.uint8], layers: Sequence[Layer], px_per_unit: tuple[float, float] = (1.0, 1.0)
) -> NDArray[np.uint8]:
    """Return a grey picture with layers blended over it, in colour.

    Each layer is blended over what lies below it, ``I = M * colour + (1 - M) * I`` with ``M`` its
    share of a pixel times its opacity. So the weights of the picture and of all layers sum to one
    in every pixel, a layer of the colour that is there already changes nothing, and rounding
    happens once, at the end.

    Parameters
    ----------
    grey : ndarray of uint8, shape (rows, columns)
    layers : sequence of Layer
        From the bottom up.
    px_per_unit : tuple of float
        Drawn pixels down and to the right in the unit in which layers are feathered: a millimetre,
        or a voxel of a scan without millimetres.

    Returns
    -------
    ndarray of uint8, shape (rows, columns, 3)
    """
    picture = np.repeat(grey[..., np.newaxis], 3, axis=2)
    shares = [_share(layer, px_per_unit) for layer in layers]
    step = max(1, _PIXELS // max(1, grey.shape[1]))
    for start in range(0, grey.shape[0] if layers else 0, step):
        rows = slice(start, start + step)
        channels = [grey[rows].astype(np.float32) for _ in range(3)]
        for layer, share in zip(layers, shares, strict=True):
            if share[rows].any():
                weight = share[rows] * np.float32(layer.style.opacity)
                for below, value in zip(channels, layer.style.rgb, strict=True):
                    np.add(below, (np.float32(value) - below) * weight, out=below)
        for k, channel in enumerate(channels):
            picture[rows, :, k] = np.rint(channel)
    return picture


def _share(
    layer: Layer, px_per_unit: tuple[float, float]
) -> NDArray[np.bool_] | NDArray[np.float32]:
    """Return how much of a pixel a layer covers, 0 to 1, shape (rows, columns)."""
    style = layer.style
    if style.style == "contour":
        return contour(layer.mask)
    if style.style == "hatch":
        return hatch(layer.mask)
    covered = layer.mask if layer.weights is None else layer.weights
    if style.feather_mm == 0:
        return covered
    down, right = px_per_unit
    return feather(covered, (style.feather_mm * down, style.feather_mm * right))
