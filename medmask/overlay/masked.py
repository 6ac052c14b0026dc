"""The image inside a mask, and nothing of it outside."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medmask.errors import BadValues


def masked_image(voxels: NDArray[Any], mask: NDArray[np.bool_], fill: float = 0.0) -> NDArray[Any]:
    """Return the voxels where the mask is true and a fill value elsewhere.

    Parameters
    ----------
    voxels : ndarray
        Stored values, any integer or float type.
    mask : ndarray of bool
        Same shape.
    fill : float
        A stored value within the range of the voxels' type; whole for integers.

    Returns
    -------
    ndarray
        Shape and type of ``voxels``.

    Raises
    ------
    BadValues
        If the voxels' type cannot hold the fill value: it is never wrapped or rounded.
    ValueError
        If the shapes differ or the mask is not bool.
    """
    if voxels.shape != mask.shape or mask.dtype.kind != "b":
        raise ValueError(
            f"the mask is {mask.dtype} of shape {mask.shape} and the voxels have shape "
            f"{voxels.shape}; accepted: a bool mask of the voxels' shape"
        )
    _check_fill(voxels.dtype, fill)
    return np.where(mask, voxels, voxels.dtype.type(fill))


def _check_fill(kind: np.dtype[Any], fill: float) -> None:
    if kind.kind in "iu":
        limits = np.iinfo(kind)
        fits = math.isfinite(fill) and fill == int(fill) and limits.min <= fill <= limits.max
        accepted = f"a whole number of {limits.min}..{limits.max}"
    else:
        largest = float(np.finfo(kind).max)
        fits = not math.isfinite(fill) or abs(fill) <= largest
        accepted = f"a number of {-largest:g}..{largest:g}, or NaN"
    if not fits:
        raise BadValues("masked image", f"fill {fill:g} in voxels of type {kind}", accepted)
