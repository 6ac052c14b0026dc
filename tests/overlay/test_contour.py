import numpy as np
from hypothesis import given
from hypothesis.extra import numpy as hnp
from scipy.ndimage import binary_erosion

from medmask.overlay.contour import contour


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
