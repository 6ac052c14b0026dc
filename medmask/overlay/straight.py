"""Blending of pictures that have an opacity of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medmask.overlay.blend import blend


@dataclass(frozen=True, eq=False)
class Painted:
    """Colours with straight opacity: a colour is what it is, however thin it lies.

    Attributes
    ----------
    colours : ndarray, shape (slices, rows, columns, channels)
        8-, 16- or 32-bit integers, or floats.
    alpha : ndarray or None, shape (slices, rows, columns)
        Opacity in the same type, its greatest value for opaque; ``None`` is opaque all over.
    """

    colours: NDArray[Any]
    alpha: NDArray[Any] | None = None


def blend_straight(first: Painted, second: Painted, mask: NDArray[np.float32]) -> Painted:
    """Blend two pictures by a mask, each colour as far as it is seen.

    Parameters
    ----------
    first, second : Painted
        Of one shape and type.
    mask : ndarray of float32, shape (slices, rows, columns)
        Weight of the first one, 0 to 1.

    Returns
    -------
    Painted
        Opacity is ``M*A1 + (1-M)*A2``; colour is ``(M*A1*I1 + (1-M)*A2*I2)`` over that opacity.
        Without opacity this is ``M*I1 + (1-M)*I2``. Exact where the mask is 0 or 1, and without an
        opacity where neither has one.

    Raises
    ------
    ValueError
        As `blend` does.
    """
    if first.alpha is None and second.alpha is None:
        return Painted(blend(first.colours, second.colours, mask))
    opaque = _opaque(first.colours.dtype)
    one, two = (
        np.full(mask.shape, opaque, picture.colours.dtype)
        if picture.alpha is None
        else picture.alpha
        for picture in (first, second)
    )
    share = np.empty_like(mask)
    for seen, weight, above, below in zip(share, mask, one, two, strict=True):
        over, under = weight * above, (1 - weight) * below
        total = over + under
        np.divide(over, total, out=seen, where=total > 0)
        np.copyto(seen, weight, where=(total == 0) | (weight == 0) | (weight == 1))
    np.clip(share, 0, 1, out=share)
    colours = blend(first.colours, second.colours, share)
    return Painted(colours, blend(one, two, mask))


def _opaque(kind: np.dtype[Any]) -> float:
    return float(np.iinfo(kind).max) if kind.kind in "iu" else 1.0
