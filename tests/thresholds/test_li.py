import math

import numpy as np
import pytest
from hypothesis import given
from skimage.filters import threshold_li

from medmask.errors import NoThreshold
from medmask.scale import Scale
from medmask.thresholds import Li
from tests.thresholds.phantoms import film, histogram_of, pictures


@given(pictures())
def test_it_is_scikit_images_threshold_to_half_a_bin(values):
    chosen = Li().choose(histogram_of(values))
    assert abs(chosen.level - threshold_li(values.copy())) <= 0.5


def test_the_level_is_the_logarithmic_mean_of_the_two_sides_means():
    values = np.repeat(np.uint8([0, 10, 100, 120]), [10, 30, 20, 20])
    below, above = 300 / 40, 4400 / 40
    chosen = Li().choose(histogram_of(values))
    assert chosen.level == pytest.approx((above - below) / math.log(above / below))


def test_background_of_the_least_value_alone_ends_the_iteration():
    values = np.repeat(np.uint8([5, 200]), [90, 10])
    assert 5 < Li().choose(histogram_of(values)).level < 200


def test_on_another_scale_it_is_the_same_native_value():
    values = film()[0]
    plain = Li().choose(histogram_of(values))
    scaled = Li().choose(histogram_of(values, Scale("window", 0.25, -40.0)))
    assert scaled.native == pytest.approx(plain.native)


def test_near_is_where_it_starts():
    values = np.repeat(
        np.arange(0, 250, 25, dtype=np.uint8), [900, 20, 400, 9, 9, 300, 9, 9, 9, 60]
    )
    ours = Li(near=180.0, within=150.0).choose(histogram_of(values)).level
    assert abs(ours - threshold_li(values.copy(), initial_guess=180.0)) <= 0.5


def test_it_cannot_start_where_there_is_nothing():
    with pytest.raises(NoThreshold, match=r"it cannot start at 64: the levels are 0\.\.20"):
        Li(near=64.0, within=9.0).choose(histogram_of(np.uint8([0, 7, 20])))


def test_it_has_to_end_inside_the_range():
    with pytest.raises(NoThreshold, match=r"\d+\.\d+ lies outside 18\.\.22"):
        Li(near=20.0, within=2.0).choose(histogram_of(film()[0]))
