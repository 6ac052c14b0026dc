import math

import numpy as np
import pytest

from medmask.errors import NoThreshold
from medmask.scale import Scale
from medmask.thresholds import Drop
from tests.thresholds.phantoms import film, histogram_of, limb, picture

SHELF_TOP = 200.0


def on_a_shelf(background, noise, share, size=250_000):
    """Return a Gaussian background on an even floor, and where both are equally frequent."""
    random = np.random.default_rng(3)
    count = int(size * share)
    floor = random.uniform(background - 2.0, SHELF_TOP, size - count)
    levels = np.concatenate([random.normal(background, noise, count), floor])
    peak = share / (noise * math.sqrt(2.0 * math.pi))
    height = (1.0 - share) / (SHELF_TOP - background + 2.0)
    crossing = background + noise * math.sqrt(2.0 * math.log(peak / height))
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8), crossing


@pytest.mark.parametrize("background", [12.0, 20.0, 28.0])
@pytest.mark.parametrize("noise", [1.0, 2.0, 3.0, 4.0])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_the_fall_ends_within_4_levels_of_where_tissue_prevails(background, noise, share):
    levels, crossing = on_a_shelf(background, noise, share)
    assert abs(Drop().choose(histogram_of(levels)).level - crossing) <= 4.0


@pytest.mark.parametrize("exposure", [0.8, 1.0, 1.25, 1.5])
@pytest.mark.parametrize("noise", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_background_and_object_of_a_film_are_told_apart(exposure, noise, share):
    levels, is_object = film(exposure, noise, share)
    chosen = Drop().choose(histogram_of(levels))
    mistaken = [np.mean((levels > level) != is_object) for level in range(64)]
    assert np.mean((levels > chosen.level) != is_object) <= min(mistaken) + 0.0015


def test_a_film_with_bare_space_between_background_and_object_is_cut_there():
    values = np.uint8([5] * 60_000 + [41] * 20_000 + [90] * 20_000)
    assert 5 < Drop(near=20).choose(histogram_of(values)).level < 41


def test_bits_do_not_matter():
    random = np.random.default_rng(5)
    levels = np.concatenate([random.normal(18, 3, 100_000), random.uniform(36, 150, 100_000)])
    eight = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
    sixteen = np.clip(np.rint(levels * 257), 0, 65535).astype(np.uint16)
    coarse = Drop().choose(histogram_of(eight))
    fine = Drop().choose(histogram_of(sixteen, Scale("window", 257.0, 0.0)))
    assert fine.level == pytest.approx(coarse.level, abs=1.0)
    assert fine.native == pytest.approx(fine.level * 257.0)


def test_an_inverted_film_has_the_same_level():
    levels, _ = film()
    upright = Drop().choose(histogram_of(levels))
    inverted = Drop().choose(histogram_of(255 - levels, Scale("window", -1.0, 255.0)))
    assert inverted.level == pytest.approx(upright.level)
    assert inverted.native == pytest.approx(255.0 - upright.level)


def test_far_outliers_and_a_sparse_histogram_change_nothing():
    levels, _ = film()
    plain = Drop().choose(histogram_of(levels))
    spiked = np.append(levels.astype(np.int32), [900_000, -50_000])
    assert Drop().choose(histogram_of(spiked)).level == pytest.approx(plain.level)


def test_a_comb_of_stretched_grey_values_is_bridged():
    random = np.random.default_rng(5)
    levels = np.concatenate([random.normal(18, 3, 100_000), random.uniform(36, 150, 100_000)])
    stretched = (np.rint(levels / 2) * 2).clip(0, 255).astype(np.uint8)
    smooth = np.rint(levels).clip(0, 255).astype(np.uint8)
    whole = Drop().choose(histogram_of(smooth)).level
    assert Drop().choose(histogram_of(stretched)).level == pytest.approx(whole, abs=3.0)


def test_a_collimated_rim_at_0_is_not_taken_for_the_background():
    levels, _ = film()
    plain = Drop().choose(histogram_of(levels)).level
    rimmed = np.concatenate([levels, np.zeros(80_000, np.uint8)])
    assert Drop().choose(histogram_of(rimmed)).level == pytest.approx(plain, abs=1.0)


def test_evenly_spread_levels_have_no_fall():
    values = np.repeat(np.arange(256, dtype=np.uint8), 50)
    with pytest.raises(NoThreshold, match=r"no fall of the histogram ends within 8\.\.56"):
        Drop().choose(histogram_of(values))


def test_one_value_has_no_fall():
    with pytest.raises(NoThreshold, match=r"no fall of the histogram ends within 8\.\.56"):
        Drop().choose(histogram_of(np.full(100, 200, np.uint8)))


def test_levels_far_from_the_range_have_no_fall():
    with pytest.raises(NoThreshold, match=r"no fall of the histogram ends within 8\.\.56"):
        Drop().choose(histogram_of(np.arange(5000, 6000).astype(np.int32)))


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ((0.6, 8.0, 0.5, 0.1), r"the fall from 13\.\d* to 51\.\d* is longer than 31 levels"),
        ((0.7, 8.0, 0.9, 0.1), r"\d+% of what is below 30\.\d* lie at the darkest value, 0"),
        ((0.55, 7.0, 0.5, 0.3), r"the fall from 11\.\d* to 39\.\d* is not that of one peak"),
        (
            (0.7, 8.0, 0.1, 0.1),
            r"the darkest peak, at 33\.\d*, may be flesh: half of what is above",
        ),
        ((0.6, 4.0, 0.1, 0.1), r"the histogram does not fall from 2\.\d* to 16\.\d*"),
        ((2.4, 3.0, 0.5, 0.3), r"the darkest peak, at 43\.\d*, is too bright for a background"),
    ],
)
def test_a_fall_that_may_be_something_else_s_is_refused(case, sentence):
    with pytest.raises(NoThreshold, match=sentence):
        Drop(within=30.0).choose(histogram_of(limb(*case)))


def test_a_second_background_is_refused():
    level, _, _ = picture("two backgrounds", noise=1.0)
    sentence = r"two peaks, at 9\.\d* and 1[78]\.\d*, are as narrow as a background's"
    with pytest.raises(NoThreshold, match=sentence):
        Drop().choose(histogram_of(np.rint(level).astype(np.uint8)))


def test_a_fall_that_ends_too_dark_is_refused():
    sentence = r"the darkest fall ends at \d\.\d*, outside 40\.\.88"
    with pytest.raises(NoThreshold, match=sentence):
        Drop(near=64.0).choose(histogram_of(np.repeat(np.uint8([4, 5, 6, 50, 60]), 5000)))


def test_a_blank_film_has_no_fall():
    blank = np.random.default_rng(1).normal(18, 3, 100_000).clip(0, 255).astype(np.uint8)
    with pytest.raises(NoThreshold, match=r"no fall of the histogram ends within 8\.\.56"):
        Drop().choose(histogram_of(blank))


def test_a_deeper_fall_has_more_evidence():
    shallow, _ = on_a_shelf(20.0, 3.0, 0.3)
    deep, _ = on_a_shelf(20.0, 3.0, 0.9)
    assert (
        Drop().choose(histogram_of(deep)).evidence > Drop().choose(histogram_of(shallow)).evidence
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"near": float("nan")}, "near must be a finite level, got nan"),
        ({"within": -1.0}, "within must be a positive number of levels, got -1.0"),
        ({"sigma": 0.0}, "sigma must be a positive number of levels, got 0.0"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        Drop(**given)
