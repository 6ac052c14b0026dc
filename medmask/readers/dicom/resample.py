"""Slices between slices, without mixing in what is no image."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medmask.readers.dicom.uneven import Source

Outside = Callable[[NDArray[Any]], NDArray[np.bool_]]


def arranged(
    slices: Iterator[NDArray[Any]], sources: Sequence[Source], outside: Outside
) -> Iterator[NDArray[Any]]:
    """Yield the slices of a grid from the slices there are, holding two at a time.

    Parameters
    ----------
    slices : iterator of ndarray, each of shape (rows, columns)
        In their order.
    sources : sequence of Source
        Rising, from the first slice on.
    outside : callable
        Which values of a slice are no image.
    """
    lower = upper = next(slices)
    at = 0  # index of `upper`
    for source in sources:
        while at < source.upper:
            lower, upper = upper, next(slices)
            at += 1
        if source.lower != source.upper:
            yield between(lower, upper, source.weight, outside)
        else:
            yield upper if source.upper == at else lower


def between(
    lower: NDArray[Any], upper: NDArray[Any], weight: float, outside: Outside
) -> NDArray[Any]:
    """Return a slice between two, in their type.

    Parameters
    ----------
    lower, upper : ndarray, shape (rows, columns)
        Of one type.
    weight : float
        Of the upper one.
    outside : callable
        Which values of a slice are no image.

    Returns
    -------
    ndarray, shape (rows, columns)
        Integers are rounded half to even. A voxel with a neighbour that is no image is no image
        either, and takes that neighbour's value.
    """
    below = lower.astype(np.float64)
    with np.errstate(invalid="ignore"):
        mixed = below + (upper.astype(np.float64) - below) * weight
    if lower.dtype.kind != "f":
        np.rint(mixed, out=mixed)
    for neighbour in (upper, lower):
        np.copyto(mixed, neighbour, where=outside(neighbour))
    return mixed.astype(lower.dtype)


def mean_of(moments: Iterator[NDArray[Any]], outside: Outside) -> NDArray[np.float32]:
    """Return the mean over time, NaN where there never is an image.

    Parameters
    ----------
    moments : iterator of ndarray, each of shape (rows, columns)
    outside : callable
        Which values of a slice are no image.
    """
    total: NDArray[np.float64] | None = None
    for one in moments:
        inside = ~outside(one)
        if total is None:
            total, count = np.zeros(one.shape), np.zeros(one.shape, np.int64)
        np.add(total, one, out=total, where=inside)
        count += inside
    assert total is not None
    with np.errstate(invalid="ignore"):
        return (total / count).astype(np.float32)
