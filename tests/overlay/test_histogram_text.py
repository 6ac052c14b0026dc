import numpy as np

from medmask.grid import Grid
from medmask.histogram import Histogram
from medmask.overlay.histogram_text import COLUMNS, PLAIN, ROWS, Labelled, histogram_text
from medmask.scale import Scale
from medmask.volume import Volume

LEFT = 7


def histogram_of(values, scale=None):
    flat = np.asarray(values).reshape(1, 1, -1)
    return Histogram.of(Volume(flat, Grid.plain(flat.shape), "XR")).on(scale or Scale.identity())


# levels 0..99, of which an axis is sure to hold those to 97; 1000 voxels up to 49, 10 above
STEP = histogram_of(np.repeat(np.arange(100, dtype=np.uint8), [1000] * 50 + [10] * 50))
MARK = Labelled("bone 64", 64.0)


def column_of(level):
    return LEFT + int((level + 2.91) / (97 + 2 * 2.91) * COLUMNS)


def height(lines, level):
    return sum(line.ljust(80)[column_of(level)] == "█" for line in lines[:ROWS])


def test_no_line_is_longer_than_80():
    lines = histogram_text(STEP, [MARK])
    assert max(len(line) for line in lines) <= 80
    assert len(lines) == ROWS + 4


def test_counts_are_as_high_as_their_logarithm():
    lines = histogram_text(STEP, [])
    assert height(lines, 20) == ROWS * 3 // 4, "1000 of 10**4"
    assert height(lines, 80) == ROWS // 4, "10 of 10**4"


def test_powers_of_ten_stand_beside_their_rows():
    lines = histogram_text(STEP, [])
    assert [line[:LEFT].strip() for line in lines[ROWS - 1 :: -4]] == ["1e0", "1e1", "1e2", "1e3"]


def test_a_threshold_is_an_upright_line_above_the_counts_and_named_below():
    lines = histogram_text(STEP, [MARK])
    at = column_of(64)
    assert [line.ljust(80)[at] for line in lines[:ROWS]] == ["│"] * 12 + ["█"] * 4
    assert lines[-1] == " " * at + "▲ bone 64"


def test_a_name_that_does_not_fit_stands_on_the_left():
    last = histogram_text(STEP, [Labelled("a rather long name", 90.0)])[-1]
    assert last.endswith("a rather long name ▲")
    assert last.index("▲") == column_of(90)


def test_levels_and_native_units_stand_below():
    lines = histogram_text(histogram_of(np.arange(100), Scale("linear", 1.0, -100.0, "HU")), [])
    levels, native = lines[ROWS + 1], lines[ROWS + 2]
    assert levels.startswith("level ")
    assert native.startswith("HU ")
    assert levels.index("140") == native.index("40"), "level 140 is 40 HU"


def test_an_inverted_scale_counts_native_units_down():
    lines = histogram_text(histogram_of(np.arange(100), Scale("window", -1.0, 99.0)), [])
    numbers = [int(word) for word in lines[ROWS + 2].split()[1:]]
    assert numbers == sorted(numbers, reverse=True)


def test_it_can_be_written_without_blocks():
    lines = histogram_text(STEP, [MARK], PLAIN)
    assert all(line.isascii() for line in lines)
    assert "^ bone 64" in lines[-1]
