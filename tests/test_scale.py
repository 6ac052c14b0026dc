import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medmask.scale import Scale
from medmask.volume import Display


def test_ct_levels_32_and_64_are_the_documented_hounsfield_units():
    assert Scale.ct().native_of(32) == -190
    assert Scale.ct().native_of(64) == 226


def test_an_8_bit_display_is_the_identity():
    assert Scale.over("window", Display(0, 255)) == Scale.identity()


def test_an_inverted_display_turns_levels_round():
    scale = Scale.over("window", Display(0, 255, inverted=True))
    assert scale.inverted
    assert scale.level_of(255) == 0
    assert scale.level_of(0) == 255


def test_a_12_bit_display_runs_from_0_to_255():
    scale = Scale.over("linear", Display(0, 4095))
    assert scale.level_of(4095) == pytest.approx(255)
    assert scale.level_of(0) == 0


def test_a_line_goes_through_its_two_points():
    scale = Scale.through(-190, 226, "HU")
    assert (scale.native_of(32), scale.native_of(64)) == (-190, 226)


@given(st.floats(-4000, 4000), st.floats(0.01, 100), st.floats(-3000, 3000))
def test_the_map_is_reversible(native, slope, intercept):
    scale = Scale("linear", slope, intercept)
    assert scale.native_of(scale.level_of(native)) == pytest.approx(native, abs=1e-6)
    assert scale.level(np.array([native]))[0] == scale.level_of(native)


def test_a_scale_without_slope_is_refused():
    with pytest.raises(ValueError, match="no scale has slope"):
        Scale("linear", 0.0, 1.0)
