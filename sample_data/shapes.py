"""Shapes on coordinates: the parts that the phantoms are put together from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Values = NDArray[np.float64]


class Space(NamedTuple):
    """Coordinates of the voxel centres in mm, shaped so that they broadcast to the volume."""

    z: Values
    y: Values
    x: Values

    @classmethod
    def centred(cls, shape: tuple[int, int, int], spacing_mm: tuple[float, float, float]) -> Space:
        """Return (slice, row, column) coordinates whose origin is the middle of the volume."""
        axes = [
            (np.arange(n, dtype=np.float64) - (n - 1) / 2) * float(step)
            for n, step in zip(shape, spacing_mm, strict=True)
        ]
        return cls(axes[0][:, None, None], axes[1][None, :, None], axes[2][None, None, :])

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Space:
        """Return the same voxels in coordinates whose origin lies at (x, y, z)."""
        return Space(self.z - z, self.y - y, self.x - x)


def ellipsoid(at: Space, x: float, y: float, z: float) -> Mask:
    """Return the ellipsoid with these radii in mm about the origin."""
    return np.asarray((at.x / x) ** 2 + (at.y / y) ** 2 + (at.z / z) ** 2 <= 1.0)


def cylinder(at: Space, x: float, y: float, half_height: float = np.inf) -> Mask:
    """Return the upright elliptical cylinder with these radii in mm about the origin."""
    return np.asarray(((at.x / x) ** 2 + (at.y / y) ** 2 <= 1.0) & (np.abs(at.z) <= half_height))


def along(
    y: Values, x: Values, start: tuple[float, float], end: tuple[float, float]
) -> tuple[Values, Values]:
    """Return the distance from a line from start to end, both (x, y), and the share of its way."""
    (x0, y0), (x1, y1) = start, end
    dx, dy = x1 - x0, y1 - y0
    share = np.clip(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy), 0.0, 1.0)
    return np.hypot(x - x0 - share * dx, y - y0 - share * dy), share
