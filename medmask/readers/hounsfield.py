"""What holds of every CT, whatever file it comes from."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np

from medmask.errors import NotHounsfield
from medmask.volume import Family, PaddingRange, Volume

LOWEST_HU: Final = -1024.0  # what lies below is fill outside the scanner's circle
HIGHEST_HU: Final = 60000.0  # no metal on any scale; unsigned readings of signed air lie above


def as_hounsfield(volume: Volume, where: str) -> Volume:
    """Return a CT with its unit and with fill values taken as padding; others as they are.

    Parameters
    ----------
    volume : Volume
    where : str
        Names the scan in errors.

    Raises
    ------
    NotHounsfield
        If a CT of more than one value has none below 0 HU, or one above 60,000: no air, no fat,
        so an offset is missing, or signed values were declared unsigned.
    """
    if volume.family is not Family.CT:
        return volume
    fill = _fill(volume)
    marked = replace(volume, unit="HU", padding=(*volume.padding, *fill))
    extremes = [_extremes(marked, k) for k in range(len(volume.voxels))]
    known = [pair for pair in extremes if pair is not None]
    if not known:
        return marked
    ends = [
        volume.rescale.native_of(v) for v in (min(p[0] for p in known), max(p[1] for p in known))
    ]
    low, high = min(ends), max(ends)
    if high > HIGHEST_HU:
        raise NotHounsfield(where, f"values up to {high:g} HU", "at most 60,000 HU")
    if low >= 0 and high > low:
        found = f"values from {low:g} to {high:g} and none below 0 HU, as if an offset were missing"
        raise NotHounsfield(where, found, "a CT in Hounsfield units, air near -1000")
    return marked


def _extremes(volume: Volume, k: int) -> tuple[float, float] | None:
    """Least and greatest valid stored value of a slice."""
    slab = volume.voxels[k]
    inside = volume.valid(slab)
    image = slab if inside is None else slab[inside]
    return (image.min().item(), image.max().item()) if image.size else None


def _fill(volume: Volume) -> tuple[PaddingRange, ...]:
    """Return the stored values below -1024 HU, if any voxel has one."""
    exact = volume.rescale.stored_at(LOWEST_HU)
    kind = volume.voxels.dtype
    rising = volume.rescale.slope > 0
    if volume.is_integer:
        limits = np.iinfo(kind)
        low, high = float(limits.min), float(limits.max)
        bound = float(math.ceil(exact) - 1 if rising else math.floor(exact) + 1)
    else:
        low, high = -math.inf, math.inf
        towards = kind.type(-math.inf if rising else math.inf)
        bound = float(np.nextafter(kind.type(float(exact)), towards))
    span = PaddingRange(low, bound) if rising else PaddingRange(bound, high)
    if span.low > span.high:
        return ()
    extreme = volume.voxels.min() if rising else volume.voxels.max()
    if not volume.is_integer:
        extreme = np.nanmin(volume.voxels) if rising else np.nanmax(volume.voxels)
    reached = extreme <= bound if rising else extreme >= bound
    return (span,) if reached else ()
