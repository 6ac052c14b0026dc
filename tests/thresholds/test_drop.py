import math

import numpy as np
import pytest
from scipy.stats import norm

from medmask.errors import NoThreshold
from medmask.scale import Scale
from medmask.thresholds import Drop
from tests.thresholds.phantoms import FLESH, film, histogram_of, limb

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


def boundary(exposure, noise, background, bone):
    """Return the level at which background and flesh are equally frequent."""
    at = np.arange(exposure * 18.0, exposure * FLESH[0], 0.01)
    flesh = norm.pdf(at, exposure * FLESH[0], math.hypot(exposure * FLESH[1], noise))
    bare = norm.pdf(at, exposure * 18.0, noise)
    return at[np.argmax((1 - background) * (1 - bone) * flesh > background * bare)]


@pytest.mark.parametrize("exposure", [0.8, 1.0, 1.25, 1.5])
@pytest.mark.parametrize("noise", [1.0, 2.0, 3.0, 4.0])
@pytest.mark.parametrize("background", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("bone", [0.1, 0.5])
def test_where_flesh_takes_over_is_found_within_4_levels_or_not_at_all(
    exposure, noise, background, bone
):
    levels = limb(exposure, noise, background, bone)
    try:
        chosen = Drop().choose(histogram_of(levels))
    except NoThreshold:
        return
    assert abs(chosen.level - boundary(exposure, noise, background, bone)) <= 4.0


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


def test_background_and_tissue_that_run_into_one_another_are_refused():
    levels, _ = film(exposure=0.6, noise=4.0, background=0.3)
    with pytest.raises(NoThreshold, match=r"is not steep: it loses \d+% in 6 levels"):
        Drop().choose(histogram_of(levels))


def test_a_blank_film_has_nothing_above_its_fall():
    blank = np.random.default_rng(1).normal(18, 3, 100_000).clip(0, 255).astype(np.uint8)
    with pytest.raises(NoThreshold, match=r"only \d+ of 100000 voxels lie above the fall at"):
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
