import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.filters import threshold_otsu

from medmask.errors import NoThreshold
from medmask.scale import Scale
from medmask.thresholds import Otsu
from tests.thresholds.phantoms import film, histogram_of


@given(st.lists(st.integers(-300, 300), min_size=2, max_size=60).filter(lambda v: len(set(v)) > 1))
def test_no_split_separates_the_classes_better(values):
    chosen = Otsu().choose(histogram_of(np.array(values, np.int16)))
    values = np.array(values, float)

    def between(level):
        below, above = values[values <= level], values[values > level]
        return below.size * above.size * (below.mean() - above.mean()) ** 2

    best = max(between(t) for t in sorted(set(values))[:-1])
    assert between(chosen.level) == pytest.approx(best)


@pytest.mark.parametrize("noise", [1.0, 4.0, 8.0])
def test_it_is_scikit_images_threshold_to_half_a_bin(noise):
    histogram = histogram_of(film(noise=noise)[0])
    other = threshold_otsu(hist=(histogram.level_counts, histogram.levels))
    assert abs(Otsu().choose(histogram).level - other) <= 0.5


def test_on_16_bits_too():
    levels = film()[0].astype(np.uint16) * 200 + 7
    histogram = histogram_of(levels, Scale("window", 200.0, 0.0))
    other = threshold_otsu(hist=(histogram.level_counts, histogram.levels))
    assert abs(Otsu().choose(histogram).level - other) <= 0.5 / 200 + 1e-9


def test_two_values_are_split_between_them_and_explain_all_variance():
    chosen = Otsu().choose(histogram_of(np.repeat(np.uint8([10, 20]), [5, 3])))
    assert 10 < chosen.level < 20
    assert chosen.evidence == pytest.approx(1.0)


def test_on_an_inverted_scale_the_foreground_is_below_the_native_value():
    values = np.repeat(np.uint16([100, 900]), [50, 30])
    chosen = Otsu().choose(histogram_of(values, Scale("window", -4.0, 1020.0)))
    assert 100 < chosen.native < 900
    assert chosen.level == pytest.approx((1020.0 - chosen.native) / 4.0)


def test_only_levels_near_are_searched():
    values = np.uint8([0] * 900 + [40] * 30 + [70] * 60 + [200] * 400)
    assert 70 <= Otsu().choose(histogram_of(values)).level < 200
    spread = np.concatenate([values, np.repeat(np.arange(1, 80, dtype=np.uint8), 1)])
    with pytest.raises(NoThreshold, match=r"no maximum inside 21\.5\.\.42\.5"):
        Otsu(near=32, within=11).choose(histogram_of(spread))


def test_a_maximum_inside_the_range_is_found_as_without_it():
    histogram = histogram_of(film()[0])
    free = Otsu().choose(histogram)
    assert Otsu(near=free.level + 5, within=20).choose(histogram) == free


def test_one_value_has_no_threshold():
    with pytest.raises(NoThreshold, match="otsu found no threshold: all 9 voxels have one value"):
        Otsu().choose(histogram_of(np.full(9, 3, np.int16)))


def test_a_range_between_two_levels_has_no_threshold():
    with pytest.raises(NoThreshold, match=r"no two levels differ within 30\.\.34"):
        Otsu(near=32, within=2).choose(histogram_of(np.uint8([0, 200, 210])))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"near": 32.0}, "near and within belong together"),
        ({"within": 32.0}, "near and within belong together"),
        ({"near": float("inf"), "within": 3.0}, "near must be a finite level, got inf"),
        ({"near": 32.0, "within": 0.0}, "within must be a positive number of levels, got 0"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        Otsu(**given)
