import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from medmask.grid import Grid
from medmask.morphology.element import Element
from tests.morphology.grids import grid_of

WIDE = (99, 99, 99)


def offsets_of(element):
    array = element.as_array()
    offsets = np.argwhere(array) - np.array(array.shape) // 2
    return {tuple(offset) for offset in offsets.tolist()}


def test_a_ball_on_an_anisotropic_grid_counted_by_hand():
    # 2 mm on steps of 3, 1.5 and 1 mm: no slice; row 0: 5 columns; rows +-1: 1.5^2 + 1 <= 4, so 3.
    element = Element.ball_mm(grid_of(WIDE, (3.0, 1.5, 1.0)), 2.0)
    expected = {(0, 0, i) for i in range(-2, 3)}
    expected |= {(0, j, i) for j in (-1, 1) for i in (-1, 0, 1)}
    assert offsets_of(element) == expected
    assert element.reach == (0, 1, 2)


def test_a_radius_of_just_so_many_voxels_reaches_them_whatever_is_rounded():
    assert Element.ball_mm(grid_of(WIDE, (0.1, 0.1, 0.1)), 0.3).reach == (3, 3, 3)
    assert Element.ball_mm(grid_of(WIDE, (0.7, 0.7, 0.7)), 2.1).reach == (3, 3, 3)


@given(
    st.tuples(*[st.floats(0.3, 4.0)] * 3),
    st.floats(0.2, 6.0),
)
def test_a_ball_holds_what_is_within_its_radius_and_nothing_else(steps, radius_mm):
    element = Element.ball_mm(grid_of(WIDE, steps), radius_mm)
    reach = 21
    spans = np.arange(-reach, reach + 1)
    k, j, i = np.meshgrid(spans, spans, spans, indexing="ij")
    lengths = (k * steps[0]) ** 2 + (j * steps[1]) ** 2 + (i * steps[2]) ** 2
    expected = np.argwhere(lengths <= radius_mm**2 * (1 + 1e-9)) - reach
    assert offsets_of(element) == {tuple(one) for one in expected.tolist()}


def test_on_a_sheared_grid_lengths_are_those_in_the_world():
    affine = np.eye(4)
    affine[:3, 0] = (0.0, 1.0, 1.0)  # a slice up is also a millimetre back: sqrt 2 mm
    affine[:3, 1], affine[:3, 2] = (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)
    element = Element.ball_mm(Grid(WIDE, affine), 1.0)
    # Straight up is one slice up and one row forward.
    straight = {(0, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1), (1, -1, 0), (-1, 1, 0)}
    assert offsets_of(element) == straight


def test_the_volume_of_a_large_ball_is_that_of_a_ball():
    steps = (2.5, 0.8, 0.8)
    element = Element.ball_mm(grid_of(WIDE, steps), 20.0)
    volume = element.as_array().sum() * np.prod(steps)
    assert volume == pytest.approx(4 / 3 * np.pi * 20.0**3, rel=0.01)


@pytest.mark.parametrize(("kind", "rank"), [("cross", 1), ("box", 3)])
@pytest.mark.parametrize("reach", [1, 2, 3])
def test_cross_and_box_are_what_so_many_passes_amount_to(kind, rank, reach):
    once = ndimage.generate_binary_structure(3, rank)
    expected = ndimage.iterate_structure(once, reach)
    assert np.array_equal(Element.of_voxels(grid_of(WIDE), kind, reach).as_array(), expected)


def test_a_ball_of_two_voxels_counted_by_hand():
    # 1 centre, 6 at distance 1, 12 at sqrt 2, 8 at sqrt 3, 6 at 2.
    assert Element.of_voxels(grid_of(WIDE), "ball", 2).as_array().sum() == 33


def test_a_picture_is_not_left_by_its_only_slice():
    picture = Grid.plain((1, 50, 50))
    assert Element.of_voxels(picture, "box", 2).as_array().shape == (1, 5, 5)


@given(st.floats(0.5, 4.0), st.floats(-0.7, 0.7), st.floats(-0.7, 0.7))
def test_on_any_sheared_grid_it_holds_what_is_within_its_radius(radius_mm, first, second):
    affine = np.eye(4)
    affine[:3, :3] = [[0.0, 0.0, 1.0], [first, 1.0, 0.0], [1.0, second, 0.0]]
    element = Element.ball_mm(Grid(WIDE, affine), radius_mm)
    spans = np.arange(-13, 14)
    offsets = np.stack(np.meshgrid(spans, spans, spans, indexing="ij"), axis=-1).reshape(-1, 3)
    lengths = np.linalg.norm(offsets @ affine[:3, :3].T, axis=1)
    expected = offsets[lengths <= radius_mm * (1 + 5e-10)]
    assert offsets_of(element) == {tuple(one) for one in expected.tolist()}
