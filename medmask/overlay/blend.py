"""Two images into one by a mask: I = M*I1 + (1-M)*I2."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_BLOCK = 1 << 16  # values worked on at a time: they stay in the processor's cache
_WORK = {  # float32 holds every 16-bit integer and every product with a weight to 1/256
    np.dtype(np.uint8): np.float32,
    np.dtype(np.int8): np.float32,
    np.dtype(np.uint16): np.float32,
    np.dtype(np.int16): np.float32,
    np.dtype(np.float32): np.float32,
    np.dtype(np.uint32): np.float64,
    np.dtype(np.int32): np.float64,
    np.dtype(np.float64): np.float64,
}


def blend(
    first: NDArray[Any], second: NDArray[Any], mask: NDArray[np.bool_] | NDArray[np.floating[Any]]
) -> NDArray[Any]:
    """Return the first image where the mask is 1, the second where it is 0, a mixture between.

    Parameters
    ----------
    first, second : ndarray, shape (rows, columns), (slices, rows, columns), or either + (channels,)
        Two images of one shape and type: 8-, 16- or 32-bit integers, float32 or float64.
    mask : ndarray of bool or float, shape (rows, columns) or (slices, rows, columns)
        Weight of the first image, 0..1, the same for all channels.

    Returns
    -------
    ndarray
        Shape and type of the images. Equal to the first where the mask is 1, to the second where
        it is 0 and to both where they agree; integers are rounded half to even.

    Raises
    ------
    ValueError
        If shapes or types differ, or the mask holds anything but weights. Nothing is resized or
        converted on the way.

    Notes
    -----
    A mixture never leaves the interval between the two values, so nothing can overflow.

    Examples
    --------
    >>> import numpy as np
    >>> white, black = np.full((1, 3), 255, np.uint8), np.zeros((1, 3), np.uint8)
    >>> blend(white, black, np.array([[0.0, 0.4, 1.0]]))
    array([[  0, 102, 255]], dtype=uint8)
    """
    _check(first, second, mask)
    out = np.empty_like(first)
    work = _WORK[first.dtype]
    step = max(1, _BLOCK // max(1, first[:1].size))
    for start in range(0, first.shape[0], step):
        block = slice(start, start + step)
        weight = mask[block].astype(work)
        if first.ndim > mask.ndim:
            weight = weight[..., np.newaxis]
        out[block] = _mix(first[block], second[block], weight)
    return out


def _mix(first: NDArray[Any], second: NDArray[Any], weight: NDArray[Any]) -> NDArray[Any]:
    """Blend one block; the weight has the type to work in."""
    one, two = first.astype(weight.dtype), second.astype(weight.dtype)
    if first.dtype.kind in "iu" and first.dtype.itemsize <= 2:
        # The difference of two 16-bit integers is a float32, so that 0 and 1 choose exactly
        one -= two
        one *= weight
        one += two
        rounded: NDArray[Any] = np.rint(one, out=one).astype(first.dtype)
        return rounded
    with np.errstate(invalid="ignore"):  # 0 * inf is NaN, and is replaced below
        mixed = weight * one
        mixed += (1 - weight) * two
    np.clip(mixed, np.minimum(one, two), np.maximum(one, two), out=mixed)
    if first.dtype.kind in "iu":
        np.rint(mixed, out=mixed)
    result: NDArray[Any] = np.where(weight == 1, one, np.where(weight == 0, two, mixed))
    return result.astype(first.dtype)


def _check(first: NDArray[Any], second: NDArray[Any], mask: NDArray[Any]) -> None:
    if first.shape != second.shape:
        raise ValueError(
            f"the first image has shape {first.shape} and the second {second.shape}; "
            f"accepted: two images of one shape, nothing is resized"
        )
    if first.dtype != second.dtype or first.dtype not in _WORK:
        raise ValueError(
            f"the images have types {first.dtype} and {second.dtype}; "
            f"accepted: one type for both, of {', '.join(str(kind) for kind in _WORK)}"
        )
    spatial = first.shape[: mask.ndim]
    if mask.ndim not in (2, 3) or first.ndim - mask.ndim not in (0, 1) or spatial != mask.shape:
        raise ValueError(
            f"the mask has shape {mask.shape} and the images {first.shape}; "
            f"accepted: a mask of the images' rows and columns (and slices), without channels"
        )
    _check_weights(mask)


def _check_weights(mask: NDArray[Any]) -> None:
    if mask.dtype.kind == "b":
        return
    if mask.dtype.kind != "f":
        raise ValueError(
            f"the mask is of type {mask.dtype}, whose values are no weights of 0..1; "
            f"accepted: `mask > 0` for a yes/no mask, `mask / 255` for weights of 0..255"
        )
    for block in mask:
        if block.size and not (block.min() >= 0 and block.max() <= 1):  # NaN compares false
            raise ValueError(
                f"the mask holds {block.min()!s}..{block.max()!s}; "
                f"accepted: weights of 0..1, without NaN"
            )
