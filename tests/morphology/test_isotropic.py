"""Steps with balls in mm against scikit-image's `isotropic_*`, which threshold distances.

Both take a voxel at just the radius for near: dilation holds what is no farther than the radius,
and erosion loses it. They differ in three things, which these tests go round:

- theirs compares rounded distances, so that it depends on the numbers whether 3 voxels of 0.7 mm
  lie within 2.1 mm; ours allows for 1e-9 of the radius. They are given a radius as much larger.
- theirs has no distance to a mask of nothing, or from a mask without background; ours leaves both.
- for both, what lies beyond the array is inside to an erosion; but ours lets the mask go on there
  while it opens and closes, theirs has nothing there in between. They are given the mask with its
  edge repeated.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import morphology as theirs

from medmask.morphology import Close, Dilate, Erode, Open, Site
from tests.morphology.grids import applied, grid_of, masks, small_masks

ALMOST = 1 + 1e-9
SPACINGS = st.tuples(*[st.sampled_from([0.4, 0.7, 1.0, 1.3, 2.5])] * 3)
RADII = st.sampled_from([0.5, 0.7, 1.0, 1.4, 2.1, 3.0, 4.5])
VOLUMES = st.one_of(masks(columns=80), small_masks())


def isotropic(step, mask, radius_mm, spacing):
    """Apply theirs to a mask that is neither empty nor full, and leave one that is."""
    if mask.all() or not mask.any():
        return mask
    return step(mask, radius_mm * ALMOST, spacing=spacing)


def gone_on(first, then, mask, radius_mm, spacing):
    """Apply two of theirs to a mask that goes on as it is at its edge."""
    reach = [2 * int(radius_mm * ALMOST / step) + 1 for step in spacing]
    around = np.pad(mask, [(n, n) for n in reach], mode="edge")
    between = isotropic(first, around, radius_mm, spacing)
    after = isotropic(then, between, radius_mm, spacing)
    return after[tuple(slice(n, n + size) for n, size in zip(reach, mask.shape, strict=True))]


def expected_of(step, mask, radius_mm, spacing):
    grow, shrink = theirs.isotropic_dilation, theirs.isotropic_erosion
    if step in (Dilate, Erode):
        return isotropic(grow if step is Dilate else shrink, mask, radius_mm, spacing)
    first, then = (shrink, grow) if step is Open else (grow, shrink)
    return gone_on(first, then, mask, radius_mm, spacing)


@pytest.mark.parametrize("step", [Dilate, Erode, Open, Close])
@given(mask=VOLUMES, spacing=SPACINGS, radius_mm=RADII)
def test_volumes(step, mask, spacing, radius_mm):
    spacing = tuple(s if n > 1 else 9.0 for s, n in zip(spacing, mask.shape, strict=True))
    found = applied(step(radius_mm), mask, Site(grid_of(mask.shape, spacing)))
    assert np.array_equal(found, expected_of(step, mask, radius_mm, spacing))


@pytest.mark.parametrize("step", [Dilate, Erode, Open, Close])
@given(mask=masks(low=2, high=20, columns=120), spacing=SPACINGS, radius_mm=RADII)
def test_pictures(step, mask, spacing, radius_mm):
    picture, spacing = (
        mask[0],
        tuple(s if n > 1 else 9.0 for s, n in zip(spacing[1:], mask.shape[1:], strict=True)),
    )
    grid = grid_of((1, *picture.shape), (1.0, *spacing))
    found = applied(step(radius_mm), picture[np.newaxis], Site(grid))[0]
    assert np.array_equal(found, expected_of(step, picture, radius_mm, spacing))


@pytest.mark.parametrize("name", ["opening", "closing"])
def test_away_from_the_edge_they_need_no_help(name):
    mask = np.zeros((24, 40, 44), np.bool_)
    mask[7:-7, 7:-7, 7:-7] = np.random.default_rng(1).random((10, 26, 30)) < 0.8
    spacing = (1.5, 1.0, 1.0)
    step = {"opening": Open, "closing": Close}[name](2.0)
    expected = getattr(theirs, f"isotropic_{name}")(mask, 2.0, spacing=spacing)
    assert np.array_equal(applied(step, mask, Site(grid_of(mask.shape, spacing))), expected)
