import math

import numpy as np
import pytest

from medmask.errors import NoThreshold
from medmask.thresholds import Isodata, Li, Minimum, MultiOtsu, Otsu, Triangle, Yen
from medmask.thresholds.search import Search
from tests.thresholds.phantoms import film, histogram_of

RANGED = [Otsu, Yen, Isodata, Li, Triangle, Minimum, MultiOtsu]


def test_without_a_range_every_level_will_do():
    assert Search("otsu").holds(-1e9)
    assert (Search("otsu").low, Search("otsu").high) == (-math.inf, math.inf)


def test_the_range_holds_its_ends():
    search = Search("otsu", 32.0, 4.0)
    assert [search.holds(level) for level in (27.9, 28.0, 36.0, 36.1)] == [False, True, True, False]


def test_the_highest_split_of_those_that_will_do_is_found():
    splits, criterion = np.arange(6.0), np.array([0.0, 9.0, 1.0, 3.0, 2.0, 8.0])
    assert Search("yen").highest(splits, criterion, "it") == 1
    assert Search("yen", 3.0, 1.0).highest(splits, criterion, "it") == 3


def test_a_maximum_at_the_end_of_the_range_is_none():
    with pytest.raises(NoThreshold, match=r"yen found no threshold: it has no maximum inside 2..4"):
        Search("yen", 3.0, 1.0).highest(np.arange(6.0), np.arange(6.0), "it")


def test_a_maximum_at_the_end_of_all_splits_is_one():
    assert Search("yen", 5.0, 2.0).highest(np.arange(6.0), np.arange(6.0), "it") == 5


def test_a_range_without_a_split_is_refused():
    with pytest.raises(NoThreshold, match=r"no two levels differ within 30\.\.34"):
        Search("otsu", 32.0, 2.0).highest(np.float64([3, 90]), np.float64([1, 2]), "it")


def test_a_level_with_nothing_above_it_is_refused():
    with pytest.raises(NoThreshold, match=r"li found no threshold: nothing lies above 9\.5"):
        Search("li").accept(9.5, histogram_of(np.uint8([1, 9])))


@pytest.mark.parametrize("kind", RANGED)
def test_a_threshold_inside_the_range_is_that_found_without_it(kind):
    histogram = histogram_of(film(noise=2.0)[0])
    free = kind().choose(histogram)
    assert kind(near=free.level + 1, within=9).choose(histogram).level == pytest.approx(
        free.level, abs=1.0
    )


@pytest.mark.parametrize("kind", RANGED)
def test_a_threshold_outside_the_range_is_refused(kind):
    histogram = histogram_of(film()[0])
    with pytest.raises(NoThreshold):
        kind(near=140.0, within=2.0).choose(histogram)


@pytest.mark.parametrize("kind", RANGED)
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"near": 32.0}, "near and within belong together"),
        ({"within": 32.0}, "near and within belong together"),
        ({"near": float("inf"), "within": 3.0}, "near must be a finite level, got inf"),
        ({"near": 32.0, "within": 0.0}, "within must be a positive number of levels, got 0"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(kind, given, sentence):
    with pytest.raises(ValueError, match=sentence):
        kind(**given)
