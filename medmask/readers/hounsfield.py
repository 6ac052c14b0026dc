"""What holds of every CT, whatever file it comes from."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from medmask.hounsfield import HIGHEST_HU, LOWEST_HU, contradiction
from medmask.outcome import ScanWarning
from medmask.volume import Family, PaddingRange, Volume


def as_hounsfield(volume: Volume, where: str) -> Volume:
    """Return a CT with its unit and with fill values taken as padding; others as they are.

    Parameters
    ----------
    volume : Volume
    where : str
        Names the scan in warnings.

    Returns
    -------
    Volume
        Without a unit and with the warning ``not_hounsfield`` if the values of a CT cannot be
        Hounsfield units: then only a recipe can say what they mean.
    """
    if volume.family is not Family.CT:
        return volume
    marked = replace(volume, unit="HU", padding=(*volume.padding, *_fill(volume)))
    doubt = _doubt(marked)
    return no_hounsfield(volume, f"{where} has {doubt}") if doubt else marked


def no_hounsfield(volume: Volume, reason: str) -> Volume:
    """Return a volume without a unit, and with the warning ``not_hounsfield``.

    Parameters
    ----------
    volume : Volume
    reason : str
        A sentence without its end.
    """
    message = f"{reason}; the values were kept without a unit"
    warning = ScanWarning("not_hounsfield", message)
    return replace(volume, unit="", warnings=(*volume.warnings, warning))


def _doubt(volume: Volume) -> str:
    """Return why the values cannot be HU; one value below 0 that is image ends the search."""
    may_exceed = not volume.is_integer
    if volume.is_integer:
        limits = np.iinfo(volume.voxels.dtype)
        may_exceed = max(map(volume.rescale.native_of, (limits.min, limits.max))) > HIGHEST_HU
    low, high = math.inf, -math.inf
    for slab in volume.voxels:
        inside = volume.valid(slab)
        image = slab if inside is None else slab[inside]
        if image.size:
            ends = [volume.rescale.native_of(end.item()) for end in (image.min(), image.max())]
            low, high = min(low, *ends), max(high, *ends)
        if low < 0 and not may_exceed:
            return ""
    return contradiction(low, high) if low <= high else ""


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
