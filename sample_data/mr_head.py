"""A head in arbitrary units, as a T1-weighted MR shows it: bright fat, dark skull, Rician noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from shapes import Mask, Space, ellipsoid

SHAPE = (48, 96, 96)
SPACING_MM = (4.0, 2.25, 2.25)
NOISE = 18.0  # of each of the two channels whose magnitude is shown

SCALP, SKULL, FLUID, GREY, WHITE = 1050.0, 90.0, 230.0, 560.0, 760.0


def head() -> tuple[NDArray[np.uint16], Mask]:
    """Return the magnitude and the head, each of shape (slices, rows, columns).

    Returns
    -------
    magnitude : ndarray of uint16
        Arbitrary units.
    head : ndarray of bool
        All within the skin, the skull included.
    """
    at = Space.centred(SHAPE, SPACING_MM)
    within = ellipsoid(at, 76.0, 95.0, 86.0)
    signal = np.zeros(SHAPE)
    for shape, value in (
        (within, SCALP),
        (ellipsoid(at, 70.0, 89.0, 80.0), SKULL),
        (ellipsoid(at, 64.0, 83.0, 74.0), FLUID),
        (ellipsoid(at, 61.0, 80.0, 71.0), GREY),
        (_folded(at), WHITE),
        (ellipsoid(at.moved(x=-10.0), 5.0, 24.0, 14.0), FLUID),
        (ellipsoid(at.moved(x=10.0), 5.0, 24.0, 14.0), FLUID),
    ):
        signal[shape] = value
    signal[np.broadcast_to((np.abs(at.x) < 1.2) & (at.z > 0), SHAPE) & (signal == WHITE)] = FLUID
    real, imaginary = np.random.default_rng(20200102).normal(0.0, NOISE, (2, *SHAPE))
    magnitude = np.hypot(signal + real, imaginary)
    return np.rint(magnitude).astype(np.uint16), within


def _folded(at: Space) -> Mask:
    """Return the white matter: an ellipsoid whose surface is folded as a cortex is."""
    radius = np.sqrt((at.x / 54.0) ** 2 + (at.y / 72.0) ** 2 + (at.z / 62.0) ** 2)
    folds = 0.06 * np.cos(9.0 * np.arctan2(at.y, at.x)) * np.cos(at.z / 9.0)
    return np.asarray(radius + folds <= 1.0)
