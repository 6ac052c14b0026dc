import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage, signal

from medmask.morphology import PackedMask
from medmask.morphology import majority as module
from medmask.morphology.element import Element, Run
from medmask.morphology.majority import majority
from tests.morphology.grids import grid_of, masks, small_masks

STEPS = st.tuples(*[st.sampled_from([0.4, 0.7, 1.0, 2.5])] * 3)


def counted(mask, element):
    """Return how many voxels of the element about each voxel lie in the mask, by SciPy."""
    around = element.as_array()[::-1, ::-1, ::-1].astype(np.int32)
    return ndimage.correlate(mask.astype(np.int32), around, mode="constant")


@given(st.one_of(masks(), small_masks()), STEPS, st.sampled_from([0.5, 1.0, 2.0, 3.3]))
def test_it_is_where_scipy_counts_more_than_half(mask, steps, radius_mm):
    element = Element.ball_mm(grid_of(mask.shape, steps), radius_mm)
    expected = counted(mask, element) > element.size / 2
    assert np.array_equal(majority(PackedMask.of(mask), element).unpacked(), expected)


@given(masks(high=40, columns=20))
def test_slices_beyond_one_block_are_counted_too(mask):
    element = Element.of_voxels(grid_of((99, 99, 99)), "ball", 3)
    expected = counted(mask, element) > element.size / 2
    assert np.array_equal(majority(PackedMask.of(mask), element).unpacked(), expected)


@given(mask=masks(high=20, columns=40), radius_mm=st.sampled_from([1.0, 2.0, 4.2]))
def test_pieces_of_any_size_come_to_the_same(mask, radius_mm):
    element = Element.ball_mm(grid_of(mask.shape), radius_mm)
    expected = counted(mask, element) > element.size / 2
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CACHED_WORDS", "LEAST_WORDS", "COUNTED_WORDS"):
            patch.setattr(module, name, 1)
        patch.setattr(module, "MARGINS", 0)
        assert np.array_equal(majority(PackedMask.of(mask), element).unpacked(), expected)


@pytest.mark.parametrize("radius_mm", [9.0, 21.0])
def test_large_balls_hold_as_many_as_a_convolution_tells(radius_mm):
    mask = np.random.default_rng(4).random((30, 60, 110)) < 0.5
    mask[:, 20:40, :70] = True
    element = Element.ball_mm(grid_of(mask.shape, (2.0, 0.9, 0.9)), radius_mm)
    ball = element.as_array().astype(float)
    held = np.rint(signal.fftconvolve(mask.astype(float), ball, mode="same")).astype(int)
    found = majority(PackedMask.of(mask), element).unpacked()
    assert np.array_equal(found, held > element.size / 2)


@pytest.mark.parametrize("first", [-70, -3, 0, 2, 65])
@pytest.mark.parametrize("length", [1, 2, 5, 66])
def test_runs_beside_the_centre_are_counted_as_well(first, length):
    mask = np.random.default_rng(2).random((2, 3, 200)) < 0.6
    element = Element((Run(0, 0, first, first + length - 1),))
    found = np.zeros(mask.shape, int)
    for by in range(first, first + length):
        low, high = max(by, 0), 200 + min(by, 0)
        found[..., low:high] += mask[..., low - by : high - by]
    assert np.array_equal(majority(PackedMask.of(mask), element).unpacked(), found > length / 2)


def test_the_mask_of_nothing_has_no_majority_anywhere():
    element = Element.of_voxels(grid_of((9, 9, 9)), "box", 1)
    assert not majority(PackedMask.empty((5, 6, 70)), element).any()
