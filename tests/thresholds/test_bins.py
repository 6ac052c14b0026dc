import numpy as np
import pytest

from medmask.errors import NoThreshold
from medmask.scale import Scale
from medmask.thresholds.bins import Bins
from tests.thresholds.phantoms import histogram_of


def test_bins_run_from_the_first_to_the_last_that_is_occupied():
    bins = Bins.of(histogram_of(np.int16([3, 3, 6])), "li")
    assert bins.levels.tolist() == [3, 4, 5, 6]
    assert bins.counts.tolist() == [2, 0, 0, 1]
    assert bins.half == 0.5


def test_levels_increase_on_an_inverted_scale_too():
    bins = Bins.of(histogram_of(np.uint16([100, 900, 900]), Scale("window", -4.0, 1020.0)), "li")
    assert bins.levels[[0, -1]].tolist() == [30, 230]
    assert bins.counts[[0, -1]].tolist() == [2, 1]
    assert bins.half == pytest.approx(1 / 8)


def test_only_the_occupied_bins_are_left():
    bins = Bins.of(histogram_of(np.int16([3, 3, 6])), "li").occupied
    assert (bins.levels.tolist(), bins.counts.tolist(), bins.half) == ([3, 6], [2, 1], 0.5)


def test_narrow_bins_are_merged_to_the_width_asked_for():
    values = np.repeat(np.arange(10, dtype=np.uint16), 3)
    bins = Bins.of(histogram_of(values, Scale("window", 4.0, 0.0)), "li").merged(1.0, 100)
    assert bins.counts.tolist() == [12, 12, 6]
    assert bins.levels.tolist() == [0.375, 1.375, 2.375]
    assert bins.half == 0.5


def test_bins_are_merged_until_there_are_few_enough():
    bins = Bins.of(histogram_of(np.arange(10, dtype=np.uint8)), "li").merged(1.0, 3)
    assert bins.counts.tolist() == [4, 4, 2]
    assert bins.levels.tolist() == [1.5, 5.5, 9.5]


def test_wide_bins_are_left_as_they_are():
    bins = Bins.of(histogram_of(np.arange(10, dtype=np.uint8)), "li")
    assert bins.merged(1.0, 10) is bins


def test_one_value_has_no_bins():
    with pytest.raises(NoThreshold, match="li found no threshold: all 9 voxels have one value"):
        Bins.of(histogram_of(np.full(9, 3, np.int16)), "li")
