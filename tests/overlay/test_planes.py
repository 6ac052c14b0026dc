from itertools import permutations, product

import numpy as np
import pytest

from medmask.grid import Grid
from medmask.overlay.planes import Axis, Plane, planes_of
from tests.overlay.phantoms import body, stored_otherwise

ORIENTATIONS = list(product(permutations(range(3)), product((False, True), repeat=3)))


@pytest.mark.parametrize(("order", "flips"), ORIENTATIONS)
def test_every_order_of_axes_gives_the_same_three_views(order, flips):
    volume = stored_otherwise(body(), order, flips)
    axial, coronal, sagittal = planes_of(volume.grid)
    assert axial.letters(volume.grid) == ("R", "L", "A", "P")
    assert coronal.letters(volume.grid) == ("R", "L", "S", "I")
    assert sagittal.letters(volume.grid) == ("A", "P", "S", "I")
    assert axial.extent(volume.grid) == (80.0, 72.0)
    assert coronal.extent(volume.grid) == (60.0, 72.0)
    assert sagittal.extent(volume.grid) == (60.0, 80.0)
    for plane, seen in zip(planes_of(body().grid), (axial, coronal, sagittal), strict=True):
        last = body().grid.shape[plane.normal.index] - 1
        first_walked = plane.picture(body().voxels, last if plane.normal.flipped else 0)
        end = volume.grid.shape[seen.normal.index] - 1
        same = seen.picture(volume.voxels, end if seen.normal.flipped else 0)
        np.testing.assert_array_equal(first_walked, same)


def test_an_oblique_grid_is_cut_along_its_nearest_axes():
    turn = np.radians(30)
    affine = np.eye(4)
    affine[:3, :3] = [
        [0, -np.sin(turn), np.cos(turn)],
        [0, np.cos(turn), np.sin(turn)],
        [1, 0, 0],
    ]
    axial, coronal, sagittal = planes_of(Grid((4, 5, 6), affine))
    assert [p.normal.index for p in (axial, coronal, sagittal)] == [0, 1, 2]


def test_no_axis_stands_for_two_planes_when_two_lean_the_same_way():
    affine = np.eye(4)
    affine[:3, :3] = np.array([[0, 0, 1], [0.7, 1, 0], [0.6, 0, 0]])  # slices lean backwards most
    axes = [plane.normal.index for plane in planes_of(Grid((4, 5, 6), affine))]
    assert axes == [0, 1, 2]


def test_without_orientation_the_array_is_shown_as_it_is_stored():
    grid = Grid.plain((3, 4, 5))
    voxels = np.arange(60).reshape(3, 4, 5)
    slices, rows, columns = planes_of(grid)
    np.testing.assert_array_equal(slices.picture(voxels, 1), voxels[1])
    np.testing.assert_array_equal(rows.picture(voxels, 1), voxels[:, 1])
    np.testing.assert_array_equal(columns.picture(voxels, 1), voxels[:, :, 1])
    assert slices.letters(grid) == ("", "", "", "")


def test_a_slice_of_its_own_has_no_place_along_an_axis_of_the_world():
    film = Plane("slice", Axis(0), Axis(1), Axis(2))
    assert film.position_mm(Grid((1, 4, 5), np.eye(4)), 0) is None
