"""How noisy a CT is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from medmask.volume import Volume

Rows: TypeAlias = tuple[slice, slice]

FLESH_HU = (-90.0, 150.0)  # fat is left out: its edges would be taken for noise
APART = 2  # columns, as neighbours share some of their noise
SLICES = 32  # looked at, evenly over the scan,
VOXELS = 1 << 20  # and of them no more rows than hold about so many: enough for 1 % of the figure
TO_SD = 1.4826 / np.sqrt(2.0)  # from the median distance of two normal values to their sd
FEWEST = 100


def noise_hu(volume: Volume, inside: Callable[[Rows], NDArray[np.bool_]]) -> float:
    """Return the standard deviation of the noise in soft tissue, in HU.

    Parameters
    ----------
    volume : Volume
        A CT.
    inside : callable
        Tells of some rows of some slices which of their voxels are the body's, as an array of bool
        of shape (slices, rows, columns).

    Returns
    -------
    float
        From the median absolute difference of voxels two columns apart, both of soft tissue; 0
        where there are hardly any. Beyond 50 HU it is too low, as what noise lifts out of the range
        of soft tissue is not seen: 60 HU are measured as 52, 80 as 60, 150 as 69.
    """
    low, high = (float(volume.rescale.stored_at(native)) for native in FLESH_HU)
    low, high = min(low, high), max(low, high)
    every = max(len(volume.voxels) // SLICES, 1)
    rows = max(volume.voxels.size // every // VOXELS, 1)
    here = slice(None, None, every), slice(None, None, rows)
    voxels = volume.voxels[here]
    flesh = inside(here) & (voxels > low) & (voxels < high)
    both = flesh[..., APART:] & flesh[..., :-APART]
    values = _distances(voxels[..., APART:][both], voxels[..., :-APART][both])
    if values.size < FEWEST:
        return 0.0
    median = float(np.median(values))
    return float(median * abs(float(volume.rescale.slope)) * TO_SD)


def _distances(one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """Return how far values are apart, in as many bytes as they have."""
    apart = np.maximum(one, other)
    apart -= np.minimum(one, other)
    # A distance that no signed number holds has wrapped round to what an unsigned one calls it.
    wrapped: NDArray[Any] = apart.view(f"u{apart.itemsize}") if apart.dtype.kind == "i" else apart
    return wrapped
