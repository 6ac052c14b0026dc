import pytest

from medmask.scale import Scale
from medmask.thresholds import Fixed, Threshold
from tests.thresholds.phantoms import histogram_of


def test_a_level_is_converted_to_hounsfield_units():
    assert Fixed(level=64).choose(histogram_of([0], Scale.ct())) == Threshold(64, 226.0)


def test_hounsfield_units_are_converted_to_a_level():
    assert Fixed(native=-190).choose(histogram_of([0], Scale.ct())) == Threshold(32.0, -190)


def test_the_number_that_was_stated_is_not_rounded_by_a_conversion():
    scale = Scale.through(0.1, 0.3)
    assert Fixed(native=0.7).choose(histogram_of([0], scale)).native == 0.7
    assert Fixed(level=0.7).choose(histogram_of([0], scale)).level == 0.7


def test_on_an_inverted_scale_level_and_native_are_one_intensity():
    scale = Scale("window", -2.0, 510.0)
    assert Fixed(level=64).choose(histogram_of([0], scale)) == Threshold(64, 382.0)
    assert Fixed(native=382).choose(histogram_of([0], scale)) == Threshold(64.0, 382)


@pytest.mark.parametrize("given", [{}, {"level": 32, "native": -190}])
def test_neither_or_both_is_refused(given):
    with pytest.raises(ValueError, match="a fixed threshold needs either level or native"):
        Fixed(**given)


def test_a_threshold_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="a fixed threshold must be a finite number, got nan"):
        Fixed(native=float("nan"))
