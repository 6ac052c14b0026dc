import numpy as np
from hypothesis import given
from hypothesis.extra import numpy as hnp
from scipy.ndimage import binary_erosion

from medmask.overlay.contour import contour, resize_edge


@given(hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9)))
def test_a_contour_is_the_mask_without_its_erosion_by_a_cross(mask):
    expected = mask & ~binary_erosion(mask, border_value=1)
    np.testing.assert_array_equal(contour(mask), expected)


def test_the_pictures_border_is_no_edge():
    assert not contour(np.ones((4, 5), bool)).any()


def test_a_block_of_4_by_4_has_12_pixels_along_its_edge():
    mask = np.zeros((8, 8), bool)
    mask[2:6, 2:6] = True
    assert np.count_nonzero(contour(mask)) == 12


def disc(size, radius):
    rows, columns = np.mgrid[:size, :size] + 0.5 - size / 2
    return np.hypot(rows, columns) < radius


def test_a_contour_drawn_larger_follows_the_edge_within_voxels():
    drawn = resize_edge(disc(20, 7.0), (60, 60))
    rows, columns = np.nonzero(contour(drawn))
    distance = np.hypot(rows + 0.5 - 30, columns + 0.5 - 30) / 3
    # blocks of voxels would lie off by up to half a diagonal, 0.7
    assert abs(distance.mean() - 7.0) < 0.25
    assert np.abs(distance - distance.mean()).max() < 0.5


def test_a_contour_drawn_smaller_shows_what_fills_half_a_pixel():
    mask = np.zeros((4, 8), bool)
    mask[:, 2:5] = True
    assert resize_edge(mask, (4, 2)).tolist() == [[False, True, True, False]] * 2


def test_at_its_own_size_a_mask_is_as_it_was():
    mask = disc(9, 3.0)
    assert resize_edge(mask, (9, 9)) is mask
