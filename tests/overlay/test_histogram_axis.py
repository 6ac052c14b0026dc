import numpy as np
import pytest

from medmask.grid import Grid
from medmask.histogram import Histogram
from medmask.overlay.histogram_axis import LevelAxis, nice_ticks
from medmask.scale import Scale
from medmask.volume import Volume


def histogram_of(values, scale=None):
    flat = np.asarray(values).reshape(1, 1, -1)
    return Histogram.of(Volume(flat, Grid.plain(flat.shape), "XR")).on(scale or Scale.identity())


def test_an_axis_holds_the_voxels_and_the_levels_given():
    axis = LevelAxis.over(histogram_of(np.arange(101, dtype=np.uint8)), [])
    assert (axis.low, axis.high) == (-3.0, 103.0)
    wider = LevelAxis.over(histogram_of(np.arange(101, dtype=np.uint8)), [200.0])
    assert (wider.low, wider.high) == (-6.0, 206.0)


def test_far_outliers_lie_beyond_the_axis():
    histogram = histogram_of(np.append(np.repeat(np.arange(100), 100), 30_000))
    axis = LevelAxis.over(histogram, [])
    assert axis.high < 110
    assert axis.beyond(histogram) == pytest.approx(1 / 10_001)


def test_counts_are_those_per_level_whatever_the_bins():
    axis = LevelAxis(-0.5, 9.5)
    coarse = histogram_of(np.repeat(np.arange(10, dtype=np.uint8), 6))
    fine = histogram_of(np.repeat(np.arange(40, dtype=np.uint8), 3), Scale("w", 4.0, 1.5))
    assert axis.per_level(coarse, 5) == pytest.approx(6.0)
    assert axis.per_level(fine, 5) == pytest.approx(12.0)


def test_one_value_is_one_level_wide():
    assert LevelAxis(2.0, 4.0).per_level(histogram_of(np.uint8([3, 3])), 4).tolist() == [0, 2, 2, 0]


def test_ends_lie_at_0_and_1():
    axis = LevelAxis(-10.0, 30.0)
    assert [axis.share(level) for level in (-10.0, 0.0, 30.0)] == [0.0, 0.25, 1.0]


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [
        (0.0, 10.0, list(range(11))),
        (-1030.0, 1190.0, [-1000, -750, -500, -250, 0, 250, 500, 750, 1000]),
        (0.11, 0.34, [0.125, 0.15, 0.175, 0.2, 0.225, 0.25, 0.275, 0.3, 0.325]),
    ],
)
def test_ticks_are_round_numbers(low, high, wanted):
    assert nice_ticks(low, high) == pytest.approx(wanted)
