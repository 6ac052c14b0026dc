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


CURVE = ((0.0, 0.0), (10.0, 0.0), (20.0, 0.2), (30.0, 0.2), (60.0, 1.0))


def test_a_curve_gives_levels_piece_by_piece():
    scale = Scale.over("window", Display(0, 60, curve=CURVE))
    assert scale.level(np.array([5.0, 15.0, 25.0, 45.0])).tolist() == [0, 25.5, 51, 153]
    assert scale.native_of(153) == 45
    assert not scale.inverted


@pytest.mark.parametrize("inverted", [False, True])
def test_above_a_level_is_beyond_its_native_value_on_every_curve(inverted):
    scale = Scale.over("window", Display(0, 60, inverted, CURVE))
    natives = np.arange(-20.0, 90.0, 0.5)
    levels = scale.level(natives)
    assert (np.diff(levels) * (-1 if inverted else 1) >= 0).all()
    for level in (*levels, 32, 64):
        native = scale.native_of(float(level))
        beyond = natives < native - 1e-9 if inverted else natives > native + 1e-9
        assert (beyond == (levels > level + 1e-9)).all()


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=9), st.booleans(), st.floats(-100, 400))
def test_a_curve_that_rises_throughout_is_reversible(rises, inverted, level):
    shares = np.cumsum([0, *rises]) / sum(rises)
    natives = [float(10 * k) for k in range(len(shares))]
    curve = tuple(zip(natives, np.minimum(shares, 1).tolist(), strict=True))
    scale = Scale.over("window", Display(0, natives[-1], inverted, curve))
    assert scale.level_of(scale.native_of(level)) == pytest.approx(level, abs=1e-6)


@pytest.mark.parametrize(
    "curve", [((0, 0), (60, 0)), ((0, 0.5), (60, 0.2)), ((1, 0), (60, 1)), ((0, 0), (60, 2))]
)
def test_a_display_s_curve_rises_from_low_to_high_within_the_screen(curve):
    with pytest.raises(ValueError, match="must rise"):
        Display(0, 60, curve=curve)
