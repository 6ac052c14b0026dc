"""Two rasters in one type and with as many channels, so that they can be blended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from medmask.outcome import ScanWarning
from medmask.overlay import choose_display, to_grey
from medmask.readers import Raster
from medmask.rescale import Rescale

_WHITE: Final = 255.0

Pair = tuple[Raster, Raster]
Warnings = tuple[ScanWarning, ...]


def matched(first: Raster, second: Raster) -> tuple[Pair, Warnings]:
    """Return both in one type, with as many channels.

    Two pictures get the greater depth, the shallower one's white becoming the other's; equal
    types stay as they are. Two volumes keep stored values if these mean the same, else both are
    native values. A volume beside a picture is shown in its window, black to white.

    Parameters
    ----------
    first, second : Raster

    Returns
    -------
    tuple of Raster
    tuple of ScanWarning
        What was changed to match them.
    """
    said: Warnings = ()
    if first.is_picture != second.is_picture:
        first, shown = _as_picture(first)
        second, too = _as_picture(second)
        said = (*shown, *too)
    if first.is_picture:
        pair, matching = _one_depth(first, second)
    else:
        pair, matching = _one_meaning(first, second)
    most = max(raster.samples.shape[-1] for raster in pair)
    one, other = (replace(raster, samples=_channels(raster.samples, most)) for raster in pair)
    return (one, other), (*said, *matching)


def _as_picture(raster: Raster) -> tuple[Raster, Warnings]:
    if raster.is_picture:
        return raster, ()
    display = choose_display(raster.volume)
    grey = to_grey(raster.volume, raster.volume.voxels, display)
    volume = replace(raster.volume, voxels=grey, rescale=Rescale(), padding=(), unit="")
    ends = (display.high, display.low) if display.inverted else (display.low, display.high)
    message = f"{raster.name} is shown from {ends[0]:.5g} (black) to {ends[1]:.5g} (white)"
    shown = replace(raster, samples=grey[..., np.newaxis], volume=volume, white=_WHITE)
    return shown, (ScanWarning("shown_in_window", message),)


def _one_depth(first: Raster, second: Raster) -> tuple[Pair, Warnings]:
    if first.samples.dtype == second.samples.dtype:
        return (first, second), ()
    deep = max(first, second, key=lambda raster: raster.samples.dtype.itemsize)
    one, other = (
        raster if raster is deep else _deepened(raster, deep) for raster in (first, second)
    )
    flat = second if deep is first else first
    message = f"white of {flat.name}, {flat.white:g}, was made that of {deep.name}, {deep.white:g}"
    return (one, other), (ScanWarning("depth_matched", message),)


def _deepened(raster: Raster, deep: Raster) -> Raster:
    """Scale to another white; opacity to the whole range of its type."""
    assert raster.white is not None
    assert deep.white is not None
    kind = deep.samples.dtype
    samples = _scaled(raster.samples, deep.white / raster.white, kind)
    alpha = raster.alpha
    if alpha is not None:
        alpha = _scaled(alpha, np.iinfo(kind).max / np.iinfo(alpha.dtype).max, kind)
    volume = replace(raster.volume, voxels=samples[..., 0])
    return replace(raster, samples=samples, alpha=alpha, volume=volume, white=deep.white)


def _scaled(values: NDArray[Any], factor: float, kind: np.dtype[Any]) -> NDArray[Any]:
    table = np.rint(np.arange(np.iinfo(values.dtype).max + 1) * factor).astype(kind)
    scaled: NDArray[Any] = table[values]
    return scaled


def _one_meaning(first: Raster, second: Raster) -> tuple[Pair, Warnings]:
    """Return two volumes of which equal numbers mean the same."""
    said: Warnings = ()
    if first.volume.rescale != second.volume.rescale:
        first, second = _as_native(first), _as_native(second)
        message = "stored values mean different things in both; native values were blended"
        said = (ScanWarning("native_values", message),)
    kind = np.result_type(first.samples.dtype, second.samples.dtype)
    if kind.itemsize > 4 and kind.kind in "iu":
        kind = np.dtype(np.float64)
    return (_typed(first, kind), _typed(second, kind)), said


def _as_native(raster: Raster) -> Raster:
    native = np.empty(raster.samples.shape[:3], np.float32)
    for slab, stored in zip(native, raster.volume.voxels, strict=True):
        slab[...] = raster.volume.rescale.native(stored)
    return _typed(replace(raster, samples=native[..., np.newaxis]), native.dtype, Rescale())


def _typed(raster: Raster, kind: np.dtype[Any], rescale: Rescale | None = None) -> Raster:
    samples = raster.samples.astype(kind, copy=False)
    line = raster.volume.rescale if rescale is None else rescale
    volume = replace(raster.volume, voxels=samples[..., 0], rescale=line)
    return replace(raster, samples=samples, volume=volume)


def _channels(samples: NDArray[Any], count: int) -> NDArray[Any]:
    """Repeat grey as red, green and blue where these are wanted."""
    return np.repeat(samples, count, axis=-1) if samples.shape[-1] < count else samples
