import numpy as np
import pytest

from medmask.errors import BadHeader
from medmask.readers.arrays.axes import grid_along, lawful_grid, unplaced

STEPS = np.diag([0.7, 0.8, 2.5])
ORIGIN = np.array([-10.0, -20.0, 30.0])


def test_the_first_axis_is_the_last_of_the_array():
    grid = grid_along((6, 5, 4), STEPS, ORIGIN, "a")
    assert grid.shape == (4, 5, 6)
    last = ORIGIN + np.array([5 * 0.7, 4 * 0.8, 3 * 2.5])
    np.testing.assert_allclose(grid.world((3, 4, 5)), last)


def test_two_axes_have_a_normal_of_unknown_length():
    grid = grid_along((6, 5), STEPS[:2], ORIGIN, "a")
    assert grid.shape == (1, 5, 6)
    assert grid.spacing_known == (False, True, True)
    np.testing.assert_allclose(grid.affine[:3, 0], [0, 0, 1])


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ([[1, 0, 0], [0, 1, 0], [1, 1, 0]], "three independent directions"),
        ([[1, 0, 0], [0, 0, 0], [0, 0, 1]], "finite steps that are not 0"),
        ([[1, 0, 0], [0, np.inf, 0], [0, 0, 1]], "finite steps"),
        ([[1, 0, 0], [2, 0, 0]], "finite steps"),
    ],
)
def test_axes_that_span_nothing_are_refused(steps, sentence):
    steps = np.array(steps, float)
    with pytest.raises(BadHeader, match=sentence):
        grid_along((6, 5, 4)[: len(steps)], steps, ORIGIN, "a")


def test_voxels_too_small_to_be_are_refused():
    with pytest.raises(BadHeader, match="a: voxels of 1e-06 x 1e-06 x 1e-06 mm"):
        lawful_grid((4, 5, 6), np.diag([1e-6, 1e-6, 1e-6, 1.0]), "a")


def test_a_spacing_alone_has_no_orientation():
    grid, (warning,) = unplaced((6, 5, 4), (0.7, 0.8, 2.5), "a")
    assert grid.spacing_mm == (2.5, 0.8, 0.7)
    assert (grid.oriented, warning.code) == (False, "no_orientation")
    grid, _ = unplaced((6, 5, 4), (), "a")
    assert grid.spacing_mm == (None, None, None)
    with pytest.raises(BadHeader, match="positive lengths"):
        unplaced((6, 5, 4), (0.7, -0.8, 2.5), "a")
