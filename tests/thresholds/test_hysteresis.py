import pytest

from medmask.scale import Scale
from medmask.thresholds import Hysteresis, Threshold


def test_the_lower_threshold_is_known_in_levels_and_native_units():
    assert Hysteresis(low_native=-190).low(Scale.ct()) == Threshold(32.0, -190)
    assert Hysteresis(low_level=64).low(Scale.ct()) == Threshold(64, 226.0)


def test_the_number_that_was_stated_is_not_rounded_by_a_conversion():
    scale = Scale.through(0.1, 0.3)
    assert Hysteresis(low_native=0.2).low(scale).native == 0.2
    assert Hysteresis(low_level=47.3).low(scale).level == 47.3


@pytest.mark.parametrize("given", [{}, {"low_native": 130, "low_level": 50}])
def test_neither_or_both_is_refused(given):
    with pytest.raises(ValueError, match="hysteresis needs either low_native or low_level"):
        Hysteresis(**given)


def test_a_threshold_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="hysteresis: a threshold must be a finite number"):
        Hysteresis(low_level=float("nan"))
