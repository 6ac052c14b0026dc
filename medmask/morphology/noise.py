"""How noisy a CT is."""

from __future__ import annotations

import numpy as np

from medmask.morphology.packed import PackedMask
from medmask.volume import Volume

FLESH_HU = (-90.0, 150.0)  # fat is left out: its edges would be taken for noise
APART = 2  # columns, as neighbours share some of their noise
SLICES = 32  # looked at, evenly over the scan
TO_SD = 1.4826 / np.sqrt(2.0)  # from the median distance of two normal values to their sd
FEWEST = 100


def noise_hu(volume: Volume, body: PackedMask) -> float:
    """Return the standard deviation of the noise in soft tissue, in HU.

    Parameters
    ----------
    volume : Volume
        A CT.
    body : PackedMask
        On the volume's grid.

    Returns
    -------
    float
        From the median absolute difference of voxels two columns apart, both of soft tissue; 0
        where there are hardly any.
    """
    low, high = (float(volume.rescale.stored_at(native)) for native in FLESH_HU)
    low, high = min(low, high), max(low, high)
    every, start, apart = max(len(volume.voxels) // SLICES, 1), 0, []
    for inside in body.slabs():
        here = slice(-start % every, len(inside), every)
        voxels, inside_here = volume.voxels[start : start + len(inside)][here], inside[here]
        start += len(inside)
        flesh = inside_here & (voxels > low) & (voxels < high)
        both = flesh[..., APART:] & flesh[..., :-APART]
        right = voxels[..., APART:][both].astype(np.float32)
        apart.append(np.abs(right - voxels[..., :-APART][both]))
    values = np.concatenate(apart) if apart else np.empty(0, np.float32)
    if values.size < FEWEST:
        return 0.0
    median = float(np.median(values))
    return float(median * abs(float(volume.rescale.slope)) * TO_SD)
