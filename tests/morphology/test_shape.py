import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medmask.grid import Grid
from medmask.morphology.components import Components
from medmask.morphology.packed import PackedMask
from medmask.morphology.shape import laid_on, shadow, shapes
from tests.morphology.grids import masks


@given(masks(), st.integers(0, 2))
def test_slices_laid_on_one_another_are_counted(mask, axis):
    np.testing.assert_array_equal(laid_on(PackedMask.of(mask), axis), mask.sum(axis=axis))


@given(masks(), st.integers(0, 2))
def test_a_shadow_is_where_any_slice_has_a_voxel(mask, axis):
    np.testing.assert_array_equal(shadow(PackedMask.of(mask), axis), mask.any(axis=axis))


def test_many_slices_are_counted_without_overflow():
    mask = np.ones((300, 3, 70), np.bool_)
    assert (laid_on(PackedMask.of(mask), 0) == 300).all()


def test_a_leaning_bar_is_longer_than_it_is_straight():
    mask = np.zeros((4, 3, 20), np.bool_)
    for k in range(4):
        mask[k, 1, 2 * k : 2 * k + 4] = True  # each slice is moved by half the bar
    grid = Grid(mask.shape, np.array([[0, 0, 1, 0], [0, 1, 0, 0], [5, 0, 0, 0], [0, 0, 0, 1.0]]))
    (bar,) = shapes(Components.of(PackedMask.of(mask), 26), grid, grid.steps, 1)
    assert (bar.slices, bar.length, bar.extent) == (4, 20.0, 10.0)
    assert bar.area == 4.0
    assert bar.footprint == 10.0
    assert bar.straightness == pytest.approx(0.4)
