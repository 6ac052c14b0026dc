"""What voxels themselves tell, whatever file they come from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from medmask.errors import NoValidVoxels
from medmask.outcome import ScanWarning


def non_finite_warning(voxels: NDArray[Any], where: str) -> tuple[ScanWarning, ...]:
    """Return a warning if some voxels are NaN or infinite; they are outside of the scan.

    Parameters
    ----------
    voxels : ndarray, shape (slices, rows, columns)
    where : str
        Names the scan in errors.

    Raises
    ------
    NoValidVoxels
        If all of them are.
    """
    if voxels.dtype.kind != "f":
        return ()
    count = sum(int(np.count_nonzero(~np.isfinite(slab))) for slab in voxels)
    if count == voxels.size:
        raise NoValidVoxels(where, "every voxel is NaN or infinite", "at least one number")
    if not count:
        return ()
    message = f"{count} of {voxels.size} voxels are NaN or infinite and count as outside"
    return (ScanWarning("non_finite_voxels", message),)


def only_values(voxels: NDArray[Any]) -> frozenset[float]:
    """Return the distinct values of a volume if there are at most two, else nothing.

    Parameters
    ----------
    voxels : ndarray
        Any shape; NaN makes the answer empty.
    """
    low, high = voxels.min(), voxels.max()
    if not all(bool(np.all((slab == low) | (slab == high))) for slab in voxels):
        return frozenset()
    return frozenset({float(low), float(high)})
