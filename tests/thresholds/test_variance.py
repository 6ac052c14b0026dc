import numpy as np
import pytest

from medmask.thresholds.bins import Bins
from medmask.thresholds.variance import explained_at, explained_variance
from tests.thresholds.phantoms import histogram_of

# 0, 0, 4, 8: the mean is 3, the variance 11; after 0: 2 * 3**2 + 2 * 3**2 over 4 = 9; after 4:
# (3 * (4/3 - 3)**2 + 5**2) / 4 = 25/3
BINS = Bins.of(histogram_of(np.uint8([0, 0, 4, 8])), "otsu")


def test_each_split_explains_what_is_counted_by_hand():
    assert explained_variance(BINS.occupied) == pytest.approx([9 / 11, 25 / 33])


def test_a_level_explains_what_the_split_it_makes_does():
    assert explained_at(BINS, 2.0) == pytest.approx(9 / 11)
    assert explained_at(BINS, 4.0) == pytest.approx(25 / 33)


def test_a_level_that_splits_nothing_explains_nothing():
    assert explained_at(BINS, -1.0) == 0.0
    assert explained_at(BINS, 8.0) == 0.0
