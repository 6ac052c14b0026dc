import numpy as np
import pytest

from medmask.grid import Grid
from medmask.histogram import Histogram
from medmask.overlay.histogram_picture import (
    LEFT_PX,
    PLOT_HIGH_PX,
    RIGHT_PX,
    TOP_PX,
    WIDTH_PX,
    Chosen,
    Other,
    histogram_picture,
)
from medmask.overlay.sheet import PAPER
from medmask.scale import Scale
from medmask.volume import PaddingRange, Volume

BLUE, AMBER = (0, 160, 255), (255, 180, 0)
SOFT = Chosen("soft tissue", 50.0, "fixed", BLUE, 2.0)
BOTTOM = TOP_PX + PLOT_HIGH_PX


def histogram_of(values, scale=None, **fields):
    flat = np.asarray(values).reshape(1, 1, -1)
    volume = Volume(flat, Grid.plain(flat.shape), "XR", **fields)
    return Histogram.of(volume).on(scale or Scale.identity())


EVEN = histogram_of(np.repeat(np.arange(101, dtype=np.uint8), 100))  # 100 of each of 0..100


def column_of(level, low=0.0, high=100.0):
    """Where a level lies if the axis runs from 0 to 100 with 3 % at both ends."""
    margin = 0.03 * (high - low)
    share = (level - low + margin) / (high - low + 2 * margin)
    return LEFT_PX + share * (WIDTH_PX - RIGHT_PX - LEFT_PX)


def heights(picture, level):
    """How many pixels of a column, above the axis, are not paper or grid."""
    column = picture[TOP_PX + 70 : BOTTOM, round(column_of(level))].astype(int)
    return int((column.sum(axis=1) > 130).sum())


def test_it_is_a_picture_in_colour_as_wide_as_stated():
    picture = histogram_picture(EVEN, [], [])
    assert picture.dtype == np.uint8
    assert picture.shape[1:] == (WIDTH_PX, 3)


def test_counts_are_as_high_as_their_logarithm():
    values = np.repeat(np.uint8([0, 20, 80, 100]), [10, 10, 1000, 10])
    picture = histogram_picture(histogram_of(values), [], [])
    low, high, none = (heights(picture, level) for level in (20, 80, 50))
    assert low == pytest.approx(PLOT_HIGH_PX / 4, abs=2), "10 of 10**4"
    assert high == pytest.approx(PLOT_HIGH_PX * 3 / 4, abs=2), "1000 of 10**4"
    assert none == 0


def test_a_threshold_is_a_line_of_its_colour_at_its_level():
    picture = histogram_picture(EVEN, [SOFT], [])
    at = round(column_of(50.0))
    assert (picture[TOP_PX + 60, at - 1 : at + 2] == BLUE).all(axis=1).any()


def test_what_lies_above_a_threshold_has_its_tint():
    picture = histogram_picture(EVEN, [SOFT, Chosen("bone", 80.0, "otsu", AMBER, 2.0)], [])
    grey, blue, amber = (
        picture[BOTTOM - 20, round(column_of(v))].astype(int) for v in (30, 65, 95)
    )
    assert np.ptp(grey) < 20
    assert blue.argmax() == 2
    assert amber.argmax() == 0


def test_the_band_is_as_wide_as_the_threshold_is_moved():
    wide = Chosen("soft tissue", 50.0, "fixed", BLUE, 20.0)
    bare = histogram_picture(EVEN, [Chosen("soft tissue", 50.0, "fixed", BLUE, 0.0)], [])
    differs = (histogram_picture(EVEN, [wide], []) != bare).any(axis=2)[BOTTOM - 20]
    columns = np.flatnonzero(differs)
    assert columns[0] == pytest.approx(column_of(30.0), abs=2)
    assert columns[-1] == pytest.approx(column_of(70.0), abs=2)


def test_other_choices_are_ticks_below_the_axis():
    bare = histogram_picture(EVEN, [], [])
    ticked = histogram_picture(EVEN, [], [Other("li", 25.0), Other("yen", 75.0)])
    changed = (ticked[BOTTOM + 24 : BOTTOM + 30] != PAPER).any(axis=(0, 2))
    columns = np.flatnonzero(changed)
    assert bare.shape == ticked.shape
    assert columns[0] == pytest.approx(column_of(25.0), abs=1)
    assert columns[-1] == pytest.approx(column_of(75.0), abs=1)


def test_names_that_would_overlap_stand_one_below_the_other():
    crowd = [Other(name, 50.0 + 0.1 * n) for n, name in enumerate(("otsu", "li", "isodata", "yen"))]
    loose = [Other(name, 20.0 * n + 10) for n, name in enumerate(("otsu", "li", "isodata", "yen"))]
    crowded, plain = (histogram_picture(EVEN, [], names) for names in (crowd, loose))
    assert crowded.shape[0] > plain.shape[0]


def test_a_strategy_that_chose_nothing_is_named_at_the_foot():
    bare = histogram_picture(EVEN, [], [])
    told = histogram_picture(EVEN, [], [Other("valley", None)])
    assert bare.shape == told.shape
    assert (bare[-30:] != told[-30:]).any()
    assert (bare[:BOTTOM] == told[:BOTTOM]).all()


def test_padding_is_not_drawn():
    values = np.repeat(np.int16([-2000, 0, 100]), [5000, 100, 100])
    padded = histogram_of(values, padding=(PaddingRange(-2000, -2000),))
    plain = histogram_of(values[5000:])
    assert (histogram_picture(padded, [SOFT], []) == histogram_picture(plain, [SOFT], [])).all()


def test_far_outliers_do_not_squeeze_the_axis():
    values = np.append(np.repeat(np.arange(101, dtype=np.int32), 100), 30_000)
    picture = histogram_picture(histogram_of(values), [SOFT], [])
    assert (picture[TOP_PX + 60, round(column_of(50.0))] == BLUE).all()


def test_an_inverted_scale_has_the_same_levels():
    inverted = histogram_of(np.repeat(np.arange(101, dtype=np.uint8), 100), Scale("w", -1.0, 100.0))
    ours, other = (histogram_picture(h, [SOFT], []) for h in (EVEN, inverted))
    assert (ours[BOTTOM - 60 : BOTTOM] == other[BOTTOM - 60 : BOTTOM]).all()


def test_a_picture_of_one_value_is_drawn_all_the_same():
    picture = histogram_picture(histogram_of(np.full(9, 3, np.uint8)), [SOFT], [])
    assert (picture[BOTTOM - 5] != PAPER).any()
