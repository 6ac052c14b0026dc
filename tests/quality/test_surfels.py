import numpy as np
import pytest
from skimage.measure import marching_cubes, mesh_surface_area

from medmask.quality.surfels import outline_lengths, surface_areas

CUBE = surface_areas(np.eye(3))
BRICK = surface_areas(np.diag([3.0, 2.0, 1.0]))
FLAT_ROWS = outline_lengths(np.array([[0, 0], [2.0, 0], [0, 1.0]]))


def code(*corners):
    return sum(1 << (4 * k + 2 * j + i) for k, j, i in corners)


def test_nothing_and_everything_have_no_surface():
    assert CUBE[0] == CUBE[255] == FLAT_ROWS[0] == FLAT_ROWS[15] == 0


def test_one_corner_is_cut_off_by_a_triangle():
    assert CUBE[code((0, 0, 0))] == pytest.approx(np.sqrt(3) / 8)


@pytest.mark.parametrize(("axis", "area"), [(0, 2.0), (1, 3.0), (2, 6.0)])
def test_half_a_cube_is_cut_by_its_own_section(axis, area):
    half = [c for c in np.ndindex(2, 2, 2) if c[axis] == 0]
    assert BRICK[code(*half)] == pytest.approx(area)


def test_an_edge_is_cut_off_by_a_rectangle():
    # half a diagonal of the 2 x 1 face, times the edge of 3
    assert BRICK[code((0, 0, 0), (1, 0, 0))] == pytest.approx(np.sqrt(5) / 2 * 3)


def test_an_l_has_the_area_that_its_three_triangles_have():
    # 0.5 + sqrt(3)/4 + sqrt(3)/8, as in the published table
    assert CUBE[code((1, 1, 1), (1, 1, 0), (1, 0, 1))] == pytest.approx(1.1495190)


def test_corners_that_touch_by_an_edge_alone_are_kept_apart():
    assert CUBE[code((0, 0, 0), (0, 1, 1))] == pytest.approx(np.sqrt(3) / 4)


def test_a_shape_and_its_hole_have_one_surface():
    for n in range(256):
        # of four voxels neither kind is the rarer one, and what touches by an edge may run two ways
        if n.bit_count() != 4:
            assert BRICK[n] == pytest.approx(BRICK[255 - n])


def test_a_leaning_step_leaves_the_area_between_slices_as_it_is():
    leaning = np.array([[3.0, 0, 0], [0.8, 2.0, 0], [0, 0, 1.0]])
    half = code(*[c for c in np.ndindex(2, 2, 2) if c[0] == 0])
    assert surface_areas(leaning)[half] == pytest.approx(2.0)


def test_a_ball_has_the_surface_that_marching_cubes_gives_it():
    spacing = np.array([2.0, 1.0, 1.5])
    at = np.indices((16, 30, 22)) - np.array([7.5, 14.5, 10.5])[:, None, None, None]
    ball = ((at * spacing[:, None, None, None]) ** 2).sum(axis=0) <= 12**2
    padded = np.pad(ball, 1)
    codes = np.zeros(np.array(ball.shape) + 1, int)
    for n, (k, j, i) in enumerate(np.ndindex(2, 2, 2)):
        codes += padded[k : k + 17, j : j + 31, i : i + 23].astype(int) << n
    vertices, faces, *_ = marching_cubes(padded.astype(np.float32), 0.5, spacing=tuple(spacing))
    expected = mesh_surface_area(vertices, faces)
    assert surface_areas(np.diag(spacing))[codes].sum() == pytest.approx(expected, rel=0.01)


def test_outlines_run_along_rows_and_columns_and_across_corners():
    assert FLAT_ROWS[0b0011] == pytest.approx(1.0)  # the upper row set: a line along columns
    assert FLAT_ROWS[0b0101] == pytest.approx(2.0)
    assert FLAT_ROWS[0b0001] == pytest.approx(np.sqrt(5) / 2)
    assert FLAT_ROWS[0b1001] == pytest.approx(np.sqrt(5))  # two corners, each cut off
