from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from medmask.annotations.scanline import fill


def circle(row, column, radius, points=400):
    angle = np.arange(points) * 2 * np.pi / points
    return np.stack([row + radius * np.sin(angle), column + radius * np.cos(angle)], axis=1)


def inside(polygons, shape):
    """Even-odd by brute force: every pixel centre against every edge, in exact numbers."""
    found = np.zeros(shape, bool)
    for points in polygons:
        exact = [tuple(map(Fraction, map(float, point))) for point in points]
        for (r0, c0), (r1, c1) in zip(exact, exact[1:] + exact[:1], strict=True):
            for r, c in np.ndindex(shape):
                if (r0 <= r) != (r1 <= r):
                    found[r, c] ^= c >= c0 + (r - r0) * (c1 - c0) / (r1 - r0)
    return found


def test_a_circle_of_400_points_has_no_wrong_pixel():
    polygon = circle(15.37, 14.81, 13.6)
    np.testing.assert_array_equal(fill([polygon], (32, 32)), inside([polygon], (32, 32)))


def test_a_square_between_pixel_centres_holds_the_pixels_whose_centres_it_holds():
    square = np.array([(1.5, 1.5), (1.5, 4.5), (3.5, 4.5), (3.5, 1.5)])
    filled = fill([square], (6, 6))
    assert filled.sum() == 2 * 3
    assert filled[2:4, 2:5].all()


def test_an_outline_within_another_is_a_hole():
    ring = [circle(20.2, 20.3, 15.1), circle(20.2, 20.3, 6.7)]
    filled = fill(ring, (41, 41))
    np.testing.assert_array_equal(filled, fill(ring[:1], (41, 41)) & ~fill(ring[1:], (41, 41)))
    assert not filled[20, 20]


def test_a_keyhole_is_a_hole_as_well():
    outer, hole = circle(20.2, 20.3, 15.1), circle(20.2, 20.3, 6.7)
    keyhole = np.concatenate([outer, outer[:1], hole, hole[:1]])
    np.testing.assert_array_equal(fill([keyhole], (41, 41)), fill([outer, hole], (41, 41)))


def test_polygons_that_share_an_edge_upon_pixel_centres_share_no_pixel():
    left = np.array([(0, 0), (0, 5), (8, 5), (8, 0)], float)
    right = np.array([(0, 5), (0, 9), (8, 9), (8, 5)], float)
    assert not (fill([left], (10, 10)) & fill([right], (10, 10))).any()
    assert fill([left, right], (10, 10)).sum() == 8 * 9


def test_what_runs_out_of_the_picture_is_cut_off():
    polygon = circle(0.2, 30.4, 12.3)
    np.testing.assert_array_equal(fill([polygon], (20, 32)), inside([polygon], (20, 32)))


def test_a_point_and_a_line_fill_nothing():
    line = np.array([(1.0, 1.0), (7.0, 6.0)])
    assert not fill([line, line[:1], np.zeros((0, 2))], (9, 9)).any()


def test_nothing_to_fill_is_an_empty_picture():
    assert fill([], (3, 4)).shape == (3, 4)


@settings(max_examples=40, deadline=None)
@given(arrays(np.int64, st.tuples(st.integers(3, 9), st.just(2)), elements=st.integers(-24, 96)))
def test_any_polygon_is_filled_as_by_brute_force(eighths):
    polygon = eighths / 8
    np.testing.assert_array_equal(fill([polygon], (9, 10)), inside([polygon], (9, 10)))


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_edges_upon_rows_of_centres_belong_to_what_lies_below(shift):
    square = np.array([(2, 2), (2, 6), (5, 6), (5, 2)], float) + shift
    filled = fill([square], (10, 10))
    assert filled[2 + shift : 5 + shift, 2 + shift : 6 + shift].all()
    assert filled.sum() == 3 * 4
