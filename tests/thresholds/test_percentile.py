import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medmask.errors import NoThreshold
from medmask.scale import Scale
from medmask.thresholds import Percentile
from tests.thresholds.phantoms import film, histogram_of, pictures


@given(pictures(), st.floats(5.0, 95.0))
def test_it_is_numpys_percentile_to_half_a_bin(values, percent):
    other = np.percentile(values, percent, method="inverted_cdf")
    if other < values.max():
        chosen = Percentile(percent).choose(histogram_of(values))
        assert abs(chosen.level - other) <= 0.5


def test_on_an_inverted_scale_the_share_is_that_of_the_darker_levels():
    values = np.arange(1, 101, dtype=np.uint16)
    chosen = Percentile(90.0).choose(histogram_of(values, Scale("window", -1.0, 100.0)))
    assert chosen.level == 89.5
    assert chosen.native == 10.5


def test_there_is_no_evidence():
    assert Percentile(30.0).choose(histogram_of(film()[0])).evidence is None


def test_a_greatest_value_that_is_too_frequent_leaves_nothing_above():
    with pytest.raises(NoThreshold, match=r"nothing lies above 9\.5"):
        Percentile(50.0).choose(histogram_of(np.uint8([1, 9, 9, 9])))


@pytest.mark.parametrize("percent", [0.0, 100.0, -3.0, float("nan")])
def test_a_share_of_nothing_or_all_is_refused(percent):
    with pytest.raises(ValueError, match=f"percent must be above 0 and below 100, got {percent}"):
        Percentile(percent)
