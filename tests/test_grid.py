import numpy as np
import pytest

from medmask.grid import Grid
from tests.phantoms import grid_of


def test_spacing_and_voxel_volume_come_from_the_affine():
    grid = grid_of((8, 24, 20))
    assert grid.spacing_mm == (2.5, 0.8, 0.7)
    assert grid.voxel_ml == pytest.approx(2.5 * 0.8 * 0.7 / 1000)


def test_a_sheared_voxel_has_the_volume_of_its_parallelepiped():
    affine = np.array([[0, 0, 1, 0], [2 * np.tan(0.3), 1, 0, 0], [2, 0, 0, 0], [0, 0, 0, 1]])
    grid = Grid((4, 4, 4), affine)
    assert grid.is_sheared
    assert grid.voxel_ml == pytest.approx(2 / 1000)  # shear keeps base times height


def test_an_upright_grid_is_not_sheared():
    assert not grid_of((2, 2, 2)).is_sheared


def test_world_maps_slice_row_column_to_lps():
    grid = grid_of((8, 24, 20))
    assert grid.world((1, 2, 3)) == pytest.approx([-10 + 2.1, -20 + 1.6, 30 + 2.5])


def test_letters_name_the_sides_that_the_axes_run_towards():
    grid = grid_of((8, 24, 20))
    ends = [(grid.letter(axis, end=False), grid.letter(axis, end=True)) for axis in range(3)]
    assert ends == [("I", "S"), ("A", "P"), ("R", "L")]


def test_axial_slices_are_counted_along_the_axis_nearest_to_s():
    grid = grid_of((8, 24, 20))
    assert grid.axial_axis == 0
    assert Grid((20, 8, 24), grid.affine[:, [2, 0, 1, 3]]).axial_axis == 1
    assert Grid((8, 24, 20), grid.affine[:, [2, 0, 1, 3]], oriented=False).axial_axis == 0
    assert Grid((8, 24, 1), grid.affine).axial_axis == 2


def test_a_plain_grid_knows_neither_millimetres_nor_sides():
    grid = Grid.plain((1, 5, 4))
    assert grid.spacing_mm == (None, None, None)
    assert grid.voxel_ml is None
    assert grid.letter(1, end=True) == ""
    assert grid.is_2d


def test_grids_match_by_their_corners():
    grid = grid_of((8, 24, 20))
    assert grid.matches(grid_of((8, 24, 20), origin=(-10.0005, -20.0, 30.0)))
    assert not grid.matches(grid_of((8, 24, 20), origin=(-10.01, -20.0, 30.0)))
    assert not grid.matches(grid_of((8, 24, 21)))


@pytest.mark.parametrize(
    ("affine", "sentence"),
    [
        (np.zeros((4, 4)), "invertible"),
        (np.full((4, 4), np.nan), "finite"),
        (np.eye(3), "4x4"),
    ],
)
def test_an_affine_that_maps_nothing_is_refused(affine, sentence):
    with pytest.raises(ValueError, match=sentence):
        Grid((2, 2, 2), affine)


def test_an_empty_shape_is_refused():
    with pytest.raises(ValueError, match="three positive extents"):
        Grid((2, 0, 2), np.eye(4))
