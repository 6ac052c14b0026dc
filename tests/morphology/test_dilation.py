import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from medmask.morphology import dilation
from medmask.morphology.dilation import dilated, eroded
from medmask.morphology.element import Element, Run
from medmask.morphology.packed import PackedMask
from tests.morphology.grids import grid_of, masks, small_masks

STEPS = st.tuples(*[st.sampled_from([0.4, 0.7, 1.0, 2.5])] * 3)


@given(st.one_of(masks(), small_masks()), STEPS, st.sampled_from([0.5, 1.0, 2.0, 3.3]))
def test_dilation_is_scipys_on_any_mask(mask, steps, radius_mm):
    element = Element.ball_mm(grid_of(mask.shape, steps), radius_mm)
    expected = ndimage.binary_dilation(mask, element.as_array())
    assert np.array_equal(dilated(PackedMask.of(mask), element).unpacked(), expected)


@given(st.one_of(masks(), small_masks()), STEPS, st.sampled_from([0.5, 1.0, 2.0, 3.3]))
def test_erosion_is_scipys_with_the_inside_beyond_the_array(mask, steps, radius_mm):
    element = Element.ball_mm(grid_of(mask.shape, steps), radius_mm)
    expected = ndimage.binary_erosion(mask, element.as_array(), border_value=1)
    assert np.array_equal(eroded(PackedMask.of(mask), element).unpacked(), expected)


@given(masks(high=1, columns=300), st.integers(1, 140))
def test_reaches_of_more_than_a_word_are_scipys_too(mask, reach):
    element = Element.of_voxels(grid_of(mask.shape), "box", reach)
    expected = ndimage.maximum_filter(mask, size=2 * reach + 1, mode="constant")
    assert np.array_equal(dilated(PackedMask.of(mask), element).unpacked(), expected)


@pytest.mark.parametrize("first", [-70, -3, -1, 0, 2, 64, 65])
@pytest.mark.parametrize("length", [1, 2, 5, 66])
def test_runs_beside_the_centre_are_moved_as_well(first, length):
    mask = np.random.default_rng(2).random((2, 3, 200)) < 0.05
    element = Element((Run(0, 0, first, first + length - 1),))
    expected = np.zeros_like(mask)
    for by in range(first, first + length):
        low, high = max(by, 0), 200 + min(by, 0)
        expected[..., low:high] |= mask[..., low - by : high - by]
    assert np.array_equal(dilated(PackedMask.of(mask), element).unpacked(), expected)


@pytest.mark.parametrize("words", [1, 40])
@given(mask=masks(high=30, columns=80), radius_mm=st.sampled_from([1.0, 3.3, 5.0]))
def test_pieces_of_any_size_come_to_the_same(words, mask, radius_mm):
    element = Element.ball_mm(grid_of(mask.shape), radius_mm)
    expected = ndimage.binary_dilation(mask, element.as_array())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dilation, "CACHED_WORDS", words)
        patch.setattr(dilation, "LEAST_WORDS", words)
        patch.setattr(dilation, "MARGINS", 1)
        assert np.array_equal(dilated(PackedMask.of(mask), element).unpacked(), expected)


@pytest.mark.parametrize("radius_mm", [12.0, 31.0])
def test_large_balls_are_where_distances_are_not_above_the_radius(radius_mm):
    mask = np.random.default_rng(3).random((30, 90, 110)) < 0.00002
    steps = (2.0, 0.9, 0.9)
    element = Element.ball_mm(grid_of(mask.shape, steps), radius_mm)
    distance = ndimage.distance_transform_edt(~mask, sampling=steps)
    assert mask.any()
    found = dilated(PackedMask.of(mask), element).unpacked()
    assert np.array_equal(found, distance <= radius_mm * (1 + 1e-9))


def test_slices_beyond_one_block_meet_across_its_border():
    mask = np.zeros((40, 3, 3), np.bool_)
    mask[15, 1, 1] = mask[32, 1, 1] = True
    element = Element.of_voxels(grid_of(mask.shape), "cross", 3)
    expected = ndimage.binary_dilation(mask, element.as_array())
    assert np.array_equal(dilated(PackedMask.of(mask), element).unpacked(), expected)
