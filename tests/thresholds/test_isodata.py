import numpy as np
import pytest
from hypothesis import given
from skimage.filters import threshold_isodata

from medmask.errors import NoThreshold
from medmask.thresholds import Isodata
from tests.thresholds.phantoms import film, histogram_of, pictures


@given(pictures())
def test_it_is_scikit_images_threshold_to_half_a_bin(values):
    chosen = Isodata().choose(histogram_of(values))
    assert abs(chosen.level - threshold_isodata(values)) <= 0.5


@given(pictures())
def test_it_lies_halfway_between_the_means_to_half_a_bin(values):
    level = Isodata().choose(histogram_of(values)).level
    middle = (values[values <= level].mean() + values[values > level].mean()) / 2
    assert abs(level - middle) <= 0.5 + 1e-6


def test_of_several_the_lowest_is_taken_unless_another_is_asked_for():
    values = np.repeat(np.uint8([0, 100, 200]), [50, 50, 50])
    every = threshold_isodata(values, return_all=True)
    assert len(every) > 1
    histogram = histogram_of(values)
    assert Isodata().choose(histogram).level == pytest.approx(every[0] + 0.5)
    assert Isodata(near=every[-1], within=5).choose(histogram).level == pytest.approx(
        every[-1] + 0.5
    )


def test_a_range_without_any_is_refused_with_the_one_there_is():
    sentence = r"no level within 138\.\.142 lies halfway between the means; \d+\.\d+ does"
    with pytest.raises(NoThreshold, match=sentence):
        Isodata(near=140, within=2).choose(histogram_of(film()[0]))
