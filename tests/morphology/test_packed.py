import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medmask.morphology import PackedMask
from tests.morphology.grids import masks, small_masks

ANY_MASK = st.one_of(masks(high=20), small_masks())


@given(ANY_MASK)
def test_unpacking_gives_back_what_was_packed(mask):
    packed = PackedMask.of(mask)
    assert packed.shape == mask.shape
    assert np.array_equal(packed.unpacked(), mask)


@given(ANY_MASK)
def test_the_background_ends_with_the_array(mask):
    inverted = PackedMask.of(mask).inverted()
    assert np.array_equal(inverted.unpacked(), ~mask)
    assert inverted.count() == np.count_nonzero(~mask)


@given(ANY_MASK, st.integers(0, 2**32 - 1))
def test_masks_are_joined_voxel_by_voxel(mask, seed):
    other = np.random.default_rng(seed).random(mask.shape) < 0.5
    one, two = PackedMask.of(mask), PackedMask.of(other)
    assert np.array_equal((one & two).unpacked(), mask & other)
    assert np.array_equal((one | two).unpacked(), mask | other)
    assert np.array_equal(one.without(two).unpacked(), mask & ~other)
    assert one.count() == np.count_nonzero(mask)
    assert one.any() == mask.any()


@pytest.mark.parametrize("columns", [1, 47, 48, 49, 64, 512])
def test_more_room_behind_the_rows_changes_no_voxel(columns):
    packed = PackedMask.of(np.ones((2, 3, columns), np.bool_))
    assert packed.spare >= 16
    wider = packed.with_spare(100)
    assert wider.spare >= 100
    assert wider.unpacked().all()
    assert wider.count() == 6 * columns


def test_a_mask_can_be_packed_without_ever_being_whole():
    mask = np.random.default_rng(1).random((37, 5, 70)) < 0.5
    packed = PackedMask.of_slabs((mask[k : k + 1] for k in range(37)), mask.shape)
    assert np.array_equal(packed.unpacked(), mask)
    assert np.array_equal(np.concatenate(list(packed.slabs())), mask)


@pytest.mark.parametrize(("axis", "to"), [(2, 0), (0, 2), (1, 0), (1, 1)])
@pytest.mark.parametrize("share", [0.0, 0.3])
def test_an_axis_is_moved_as_numpy_does(axis, to, share):
    mask = np.random.default_rng(3).random((3, 5, 70)) < share
    moved = PackedMask.of(mask).moved(axis, to)
    assert np.array_equal(moved.unpacked(), np.moveaxis(mask, axis, to))
