"""Grids and masks for the tests of morphology."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from medmask.grid import Grid
from medmask.morphology import PackedMask


def grid_of(shape, steps=(1.0, 1.0, 1.0), **known):
    """Return an axial grid with these steps in mm along (slice, row, column)."""
    affine = np.eye(4)
    affine[:3, :3] = np.fliplr(np.diag(steps[::-1]))
    return Grid(tuple(shape), affine, **known)


def applied(step, mask, site):
    """Return what a step makes of a mask that is not packed."""
    return step.apply(PackedMask.of(mask), site).unpacked()


def masks(low=1, high=7, columns=150):
    """Return a strategy for masks from empty to full, with rows of more than one word."""
    shapes = st.tuples(st.integers(low, high), st.integers(1, high), st.integers(1, columns))
    densities = st.sampled_from([0.0, 0.02, 0.3, 0.8, 0.98, 1.0])
    return st.builds(
        lambda shape, density, seed: np.random.default_rng(seed).random(shape) < density,
        shapes,
        densities,
        st.integers(0, 2**32 - 1),
    )


def small_masks():
    """Return a strategy for small masks that shrinks to what fails."""
    sides = st.integers(1, 6)
    return st.tuples(sides, sides, sides).flatmap(lambda shape: arrays(np.bool_, shape))


def ball(shape, steps, radius_mm):
    """Return a ball about the middle of an array."""
    axes = [(np.arange(n) - n // 2) * step for n, step in zip(shape, steps, strict=True)]
    k, j, i = np.meshgrid(*axes, indexing="ij")
    return k**2 + j**2 + i**2 <= radius_mm**2
