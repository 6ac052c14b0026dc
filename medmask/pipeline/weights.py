"""What the values of a mask file mean as weights of 0 to 1; nothing is guessed that is unclear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from medmask.errors import UnclearMask
from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.readers import Raster
from medmask.scan import Format

_YES: Final = (1.0, 255.0, 65535.0)  # what stands for "yes" beside 0, in any type
_CURE: Final = "or --mask-white with the value that means 1"


@dataclass(frozen=True, eq=False)
class Weights:
    """How much of the first image is seen in each voxel.

    Attributes
    ----------
    values : ndarray of float32, shape (slices, rows, columns)
        0 to 1.
    grid : Grid
    meaning : str
        How the file's values were understood.
    warnings : tuple of ScanWarning
    """

    values: NDArray[np.float32]
    grid: Grid
    meaning: str
    warnings: tuple[ScanWarning, ...] = ()


def weights_of(mask: Raster, white: float | None = None) -> Weights:
    """Return a mask's weights.

    Parameters
    ----------
    mask : Raster
    white : float, optional
        The value that means 1. Without it 1, 255 and 65535 do in a mask of two values, 1 in
        fractions, and white in a grey picture that comes near it.

    Raises
    ------
    UnclearMask
        If the values may mean several things, such as labels, percents or a dark picture.
    """
    stored = _channel(mask)
    low, high, several = _range(mask, stored)
    if white is None:
        white, meaning = _white(mask, low, high, several=several)
    elif not 0 <= low <= high <= white:
        raise UnclearMask(f"{mask.name}: values {low:g} to {high:g}; accepted: 0 to {white:g}")
    else:
        meaning = f"shares of {white:g}, as stated"
    values = np.empty(stored.shape, np.float32)
    for slab, native in zip(values, _native(mask, stored), strict=True):
        slab[...] = native / white
    return Weights(values, mask.grid, meaning, _warnings(mask, high / white, several=several))


def _channel(mask: Raster) -> NDArray[Any]:
    """Return the one channel that varies: grey or opacity."""
    first = mask.samples[..., 0]
    channels = (mask.samples[..., k] for k in range(1, mask.samples.shape[-1]))
    if not all(np.array_equal(channel, first) for channel in channels):
        raise UnclearMask(f"{mask.name}: coloured; accepted: a grey mask")
    if mask.alpha is None or (mask.alpha == mask.alpha.flat[0]).all():
        return first
    if (first == first.flat[0]).all():
        return mask.alpha
    found = "both its grey and its opacity vary"
    raise UnclearMask(f"{mask.name}: {found}; accepted: a mask in one of them")


def _native(mask: Raster, stored: NDArray[Any]) -> Iterator[NDArray[np.float64]]:
    return (mask.volume.rescale.native(slab) for slab in stored)


def _range(mask: Raster, stored: NDArray[Any]) -> tuple[float, float, bool]:
    """Return the least and the greatest value, and whether there are others but 0 and that one."""
    low, high = np.inf, -np.inf
    for slab in _native(mask, stored):
        if not np.isfinite(slab).all():
            raise UnclearMask(f"{mask.name}: NaN or infinity; accepted: numbers")
        low, high = min(low, float(slab.min())), max(high, float(slab.max()))
    two = all(((slab == 0) | (slab == high)).all() for slab in _native(mask, stored))
    return low, high, not two


def _white(mask: Raster, low: float, high: float, *, several: bool) -> tuple[float, str]:
    """Return the value that means 1, and how that was told."""
    if high == 0 == low:
        return 1.0, "nothing: 0 everywhere"
    if not several and high in _YES:
        return high, f"no and yes: 0 and {high:g}"
    is_share = low >= 0 and high <= 1
    if is_share:
        return 1.0, "shares of 1"
    full = _full(mask)
    if full is not None and low >= 0 and full / 2 < high <= full and several:
        return full, f"grey of {full:g}"
    values = f"values {low:g} to {high:g}" if several else f"the values 0 and {high:g}"
    accepted = f"0 and 1, 255 or 65535; shares of 0 to 1; grey that reaches white; {_CURE}"
    raise UnclearMask(f"{mask.name}: {values} may mean labels or shares; accepted: {accepted}")


def _full(mask: Raster) -> float | None:
    """Return the value that a grey mask means by white."""
    kind = mask.samples.dtype
    if kind == np.uint8 and mask.volume.rescale.is_identity:
        return 255.0
    return float(np.iinfo(kind).max) if mask.is_picture else None


def _warnings(mask: Raster, greatest: float, *, several: bool) -> tuple[ScanWarning, ...]:
    found = []
    if greatest == 0:
        found.append(ScanWarning("mask_empty", f"{mask.name} is 0 everywhere"))
    elif several and greatest < 1:
        message = f"{mask.name} reaches {greatest:.3g} at most, never 1"
        found.append(ScanWarning("mask_never_full", message))
    if mask.format is Format.JPEG:
        message = f"{mask.name} is a JPEG, whose edges are blurred; a PNG keeps them"
        found.append(ScanWarning("jpeg_mask", message))
    return tuple(found)
