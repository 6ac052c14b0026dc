import re

import pytest

from medmask.report.plot import FLOOR, LEFT, RIGHT, TOP, plot_of
from tests.report.accounts import account, document, threshold


def test_levels_lie_evenly_from_left_to_right():
    plot = plot_of(account())
    assert [(tick.at, tick.words) for tick in (plot.levels[0], plot.levels[-1])] == [
        (LEFT, "0"), (RIGHT, "100"),
    ]  # fmt: skip
    soft, bone = plot.marks
    assert soft.x == pytest.approx(LEFT + 0.32 * (RIGHT - LEFT), abs=0.1)
    assert bone.x == pytest.approx(LEFT + 0.64 * (RIGHT - LEFT), abs=0.1)


def test_the_upper_axis_is_native():
    plot = plot_of(account())
    zero = next(tick for tick in plot.natives if tick.words == "0")
    assert zero.at == pytest.approx(LEFT + 606 / 13 / 100 * (RIGHT - LEFT), abs=0.1)
    assert plot.unit == "HU"


def test_a_curved_scale_has_no_native_axis():
    bent = {"kind": "window", "slope": 1.0, "knots": [[0, 0], [1, 200], [2, 255]]}
    assert plot_of(account(scale=bent)).natives == ()


def test_the_axis_of_counts_is_logarithmic():
    plot = plot_of(account())
    (_, background), *_ = plot.areas
    tops = [float(y) for y in re.findall(r"L[\d.]+ ([\d.]+)H", background)]
    assert tops[0] == TOP  # 1000 of 1000
    assert tops[1] == pytest.approx(FLOOR - (FLOOR - TOP) / 3, abs=0.1)  # 10
    assert [tick.words for tick in plot.decades] == ["1", "10", "100", "1,000"]


def test_areas_have_the_colour_of_the_mask_that_a_level_falls_into():
    kinds = [kind for kind, _ in plot_of(account()).areas]
    assert kinds == ["background", "soft", "bone"]


def test_without_bone_there_is_one_threshold():
    plot = plot_of(account(thresholds={"soft_tissue": threshold(32, -190), "bone": None}))
    assert [mark.name for mark in plot.marks] == ["soft tissue"]
    assert [kind for kind, _ in plot.areas] == ["background", "soft"]


def test_the_band_is_as_wide_as_the_threshold_was_moved():
    soft, _ = plot_of(account()).marks
    left, width = soft.band
    assert left == pytest.approx(LEFT + 0.30 * (RIGHT - LEFT), abs=0.1)
    assert width == pytest.approx(0.04 * (RIGHT - LEFT), abs=0.2)
    assert soft.stability == "2 levels up: 5.0 % fewer voxels; down: 2.1 % more"


def test_thresholds_are_told_on_both_scales_with_their_strategy():
    soft, _ = plot_of(account()).marks
    assert soft.words == "soft tissue > 32 (\N{MINUS SIGN}190 HU), fixed"
    spare = threshold(64, 226, strategy="valley", fallback="no valley")
    fallen = plot_of(account(thresholds={"soft_tissue": threshold(32, -190), "bone": spare}))
    assert fallen.marks[1].words == "bone > 64 (226 HU), fallback from valley"


def test_candidates_are_named_and_those_that_found_nothing_too():
    plot = plot_of(account())
    assert [each.words for each in plot.candidates] == ["fixed 32", "otsu 50"]
    assert "No choice by drop." in plot.note
    assert "0.03 % of the voxels lie beyond the ends." in plot.note


def test_names_side_by_side_do_not_overlap():
    many = {name: 32 + n / 10 for n, name in enumerate(["otsu", "li", "yen", "isodata"])}
    crowded = threshold(32, -190, candidates=many | {"right": 99.9})
    plot = plot_of(account(thresholds={"soft_tissue": crowded, "bone": None}))
    rows = [each.row for each in plot.candidates]
    assert rows[:4] == [0, 1, 2, 3]
    assert rows[4] == 0
    assert all(each.words_x + 6 * len(each.words) < RIGHT + 8 for each in plot.candidates)
    assert plot.height > FLOOR + 34 + 4 * 14


def test_without_a_histogram_there_is_no_plot():
    assert plot_of(account(histogram=None)) is None
    assert plot_of(account(thresholds={})) is None
    assert document()["histogram"]["high_level"] == 100
