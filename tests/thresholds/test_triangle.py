import numpy as np
import pytest
from hypothesis import given
from skimage.filters import threshold_triangle

from medmask.errors import NoThreshold
from medmask.thresholds import Triangle
from tests.thresholds.phantoms import histogram_of, pictures


def distance(values, level):
    """How far the line from the peak to the longer tail's end lies above a level's count."""
    counts = np.bincount(values - values.min())
    peak, last, at = int(counts.argmax()), counts.size - 1, int(level) - int(values.min())
    end = last if peak < last - peak else 0
    return int(counts[peak]) * abs(at - end) - abs(peak - end) * int(counts[at])


@given(pictures())
def test_it_is_scikit_images_threshold_to_half_a_bin_or_as_far_from_the_line(values):
    histogram, other = histogram_of(values), threshold_triangle(values)
    try:
        level = Triangle().choose(histogram).level
    except NoThreshold:
        level = other + 0.5
        assert not (values > other).any()
    as_far = distance(values, round(level - 0.5)) == distance(values, other)
    assert abs(level - other) <= 0.5 or as_far


def test_the_corner_of_a_peak_with_a_flat_tail_is_at_its_foot():
    values = np.repeat(np.arange(11, dtype=np.uint8), [100, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5])
    chosen = Triangle().choose(histogram_of(values))
    assert chosen.level == 1.5
    assert chosen.evidence == pytest.approx(9 / 10 - 5 / 100)


def test_a_dark_tail_is_followed_too():
    values = np.repeat(np.arange(11, dtype=np.uint8), [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 100])
    assert Triangle().choose(histogram_of(values)).level == 9.5


def test_two_values_with_the_darker_more_frequent_have_no_corner():
    with pytest.raises(NoThreshold, match=r"nothing lies above 6\.5"):
        Triangle().choose(histogram_of(np.repeat(np.uint8([5, 6]), [9, 3])))
