"""Realistic masks to measure morphology on, and the clock and grid that go with them."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from medmask.grid import Grid

Mask = NDArray[np.bool_]
SPACING_MM = (1.0, 0.7, 0.7)


def grid_of(shape: tuple[int, int, int]) -> Grid:
    """Return an axial grid of 1 x 0.7 x 0.7 mm."""
    affine = np.zeros((4, 4))
    affine[2, 0], affine[1, 1], affine[0, 2], affine[3, 3] = *SPACING_MM, 1.0
    return Grid(shape, affine)


def phantom(shape: tuple[int, int, int]) -> tuple[Mask, Mask]:
    """Return a body with lungs and a table, and bones; one voxel in 2000 is noise."""
    z, y, x = np.ogrid[tuple(slice(-1, 1, n * 1j) for n in shape)]
    noise = np.random.default_rng(0).random(shape) < 0.0005
    body = np.broadcast_to((x / 0.9) ** 2 + (y / 0.6) ** 2 < 1.0, shape).copy()
    for side in (-0.4, 0.4):
        body &= ~(((x - side) / 0.3) ** 2 + (y / 0.4) ** 2 + (z / 0.9) ** 2 < 1.0)
    body |= (np.abs(y - 0.75) < 0.05) & (np.abs(x) < 0.8)
    wall = np.hypot(x / 0.7, y / 0.45)
    bone = (wall > 0.95) & (wall < 1.05) & (np.sin(40.0 * z + 3.0 * y) > 0.3)
    spine = np.hypot(x, y - 0.3)
    bone |= (spine < 0.12) & ~((spine < 0.09) & (np.sin(25.0 * z) > -0.7))
    return body ^ noise, bone | noise


def seconds(calls: dict[str, Callable[[], object]], repeat: int) -> dict[str, float]:
    """Return the least CPU time of each call, all of them taken in turn so often.

    All sides work in one thread, and CPU time hardly depends on what else the machine does.
    """
    least = dict.fromkeys(calls, float("inf"))
    for _ in range(repeat):
        for name, call in calls.items():
            before = time.process_time()
            call()
            least[name] = min(least[name], time.process_time() - before)
    return least
