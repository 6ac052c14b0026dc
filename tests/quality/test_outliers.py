import numpy as np
import pytest
from scipy.stats import median_abs_deviation

from medmask.quality import Spread


def test_quartiles_and_median_are_numpys():
    figures = [9.0, 1.0, 4.0, 7.0, 2.0]
    spread = Spread.of(figures)
    assert (spread.count, spread.least, spread.median, spread.greatest) == (5, 1, 4, 9)
    assert [spread.lower, spread.upper] == np.quantile(figures, (0.25, 0.75)).tolist()


def test_the_deviation_is_scipys_with_the_correction_for_few():
    figures = np.random.default_rng(0).normal(10, 3, 101)
    wanted = median_abs_deviation(figures, scale="normal") * 101 / 100.2
    assert Spread.of(figures.tolist()).deviation == pytest.approx(wanted, rel=1e-3)
    few = [1.0, 2.0, 3.0, 4.0, 5.0]
    assert Spread.of(few).deviation == pytest.approx(1.206 * 1.4826 * 1)


def test_one_wild_figure_does_not_hide_itself():
    spread = Spread.of([10, 11, 9, 10, 12, 8, 10_000])
    assert spread.distance(10_000, 0.1) > 1000
    assert abs(spread.distance(12, 0.1)) < 2


def test_figures_that_are_all_the_same_have_finite_distances():
    spread = Spread.of([64.0] * 20)
    assert spread.deviation == 0
    assert spread.distance(64.0, 2) == 0
    assert spread.distance(54.0, 2) == -5


def test_a_difference_that_does_not_matter_is_no_distance():
    assert Spread.of([0.1, 0.1001, 0.1002, 0.1001, 0.1]).distance(0.11, 0.05) < 1


def test_of_too_few_none_is_odd():
    assert Spread.of([1, 1, 1, 100]).distance(100, 1) is None
    assert Spread.of([]) is None
