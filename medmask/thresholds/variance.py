"""How well two classes tell the levels apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medmask.thresholds.bins import Bins


def explained_variance(bins: Bins) -> NDArray[np.float64]:
    """Return the share of all variance that lies between the classes on a split's two sides.

    Parameters
    ----------
    bins : Bins
        Those that are occupied, so that neither class is ever empty and the divisions are safe.

    Returns
    -------
    ndarray of float64, shape (n - 1,)
        From 0 to 1, for the split after each bin but the last.
    """
    share = bins.counts / bins.counts.sum()
    centred = bins.levels - (share * bins.levels).sum()  # large offsets would cost digits
    below = np.cumsum(share)[:-1]
    moment = np.cumsum(share * centred)[:-1]  # the other class has the opposite moment
    between: NDArray[np.float64] = moment**2 / (below * (1.0 - below))
    return between / float((share * centred**2).sum())


def explained_at(bins: Bins, level: float) -> float:
    """Return the share of all variance that a split at one level explains, 0 if it splits none."""
    occupied = bins.occupied
    after = int(np.searchsorted(occupied.levels, level, side="right"))
    if not 0 < after < occupied.levels.size:
        return 0.0
    return float(explained_variance(occupied)[after - 1])
