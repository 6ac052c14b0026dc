"""`drop` and `valley` on films of which the boundaries are known: right, or refused."""

import itertools

import numpy as np
import pytest

from medmask.errors import NoThreshold
from medmask.scale import Scale
from medmask.thresholds import Drop, Valley
from tests.thresholds.phantoms import (
    AFTER,
    BEFORE,
    best_levels,
    film,
    histogram_of,
    limb,
    limb_ends,
    picture,
)

EXPOSURES = [0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.5, 1.7]
NOISES = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0]
BACKGROUNDS = [0.1, 0.3, 0.5, 0.7, 0.9]
BONES = [0.05, 0.1, 0.3, 0.6]
TOLERANCE = 4.0


def level_by(strategy, histogram):
    """Return a strategy's level, ``None`` where it refuses."""
    try:
        return strategy.choose(histogram).level
    except NoThreshold:
        return None


@pytest.mark.parametrize("exposure", EXPOSURES)
@pytest.mark.parametrize("noise", NOISES)
def test_a_limb_s_boundaries_are_found_within_4_levels_or_not_at_all(exposure, noise):
    wrong = []
    for background, bone in itertools.product(BACKGROUNDS, BONES):
        case = (exposure, noise, background, bone)
        histogram = histogram_of(limb(*case, size=100_000, seed=1))
        for strategy, end in zip((Drop(), Valley()), limb_ends(*case), strict=True):
            level = level_by(strategy, histogram)
            if level is not None and abs(level - end) > TOLERANCE:
                wrong.append((type(strategy).__name__, background, bone, level, end))
    assert not wrong


@pytest.mark.parametrize("exposure", [0.8, 0.9, 1.0, 1.1, 1.2, 1.5])
@pytest.mark.parametrize("noise", [1.0, 2.0, 3.0, 4.0])
def test_the_fall_is_found_wherever_background_is_seen(exposure, noise):
    for background, bone in itertools.product([0.3, 0.5, 0.7, 0.9], BONES):
        histogram = histogram_of(limb(exposure, noise, background, bone, size=100_000, seed=2))
        assert level_by(Drop(), histogram) is not None, (background, bone)


@pytest.mark.parametrize("exposure", [0.6, 0.8, 1.0, 1.25, 1.5])
@pytest.mark.parametrize("noise", [1.0, 3.0, 5.0, 8.0])
def test_the_fall_before_flesh_of_any_thickness_is_found_or_refused(exposure, noise):
    for background in (0.1, 0.3, 0.5, 0.9):
        levels, is_object = film(exposure, noise, background)
        level = level_by(Drop(), histogram_of(levels))
        low, high = best_levels(levels, is_object, slack=2e-3)
        assert level is None or low - TOLERANCE <= level <= high + TOLERANCE, background


@pytest.mark.parametrize("kind", [*BEFORE, *AFTER])
@pytest.mark.parametrize("exposure", [0.6, 0.8, 1.0, 1.25])
@pytest.mark.parametrize("noise", [1.0, 2.5, 5.0, 8.0])
def test_boundaries_of_a_blurred_picture_are_found_within_4_levels_or_not_at_all(
    kind, exposure, noise
):
    level, is_limb, is_bone = picture(kind, exposure, noise)
    histogram = histogram_of(np.rint(level).astype(np.uint8))
    # The rims of round bones are rare and dim: some 1 % of the film is all that is lost of them.
    asked = [(Drop(), is_limb, 5e-3), (Valley(), is_bone, 1e-2)]
    if kind == "cut off at 0":  # and with it all of the levels that 64 lives on
        del asked[1]
    for strategy, where, slack in asked:
        chosen = level_by(strategy, histogram)
        low, high = best_levels(level, where, slack)
        assert chosen is None or low - TOLERANCE <= chosen <= high + TOLERANCE, strategy


@pytest.mark.parametrize("kind", ["plain", "cut off at 0", "padded"])
@pytest.mark.parametrize("noise", [1.0, 2.5])
def test_both_boundaries_of_a_picture_with_little_noise_are_found(kind, noise):
    level, is_limb, _ = picture(kind, 1.0, noise)
    histogram = histogram_of(np.rint(level).astype(np.uint8))
    low, high = best_levels(level, is_limb)
    assert low - TOLERANCE <= Drop().choose(histogram).level <= high + TOLERANCE
    assert kind == "cut off at 0" or Valley().choose(histogram).level > high


@pytest.mark.parametrize("noise", [1.0, 2.5])
def test_a_picture_of_16_bits_has_the_levels_of_one_of_8(noise):
    level, _, _ = picture(noise=noise)
    coarse = histogram_of(np.rint(level).astype(np.uint8))
    fine = histogram_of(np.rint(level * 257).astype(np.uint16), Scale("window", 257.0, 0.0))
    for strategy in (Drop(), Valley()):
        one, other = level_by(strategy, coarse), level_by(strategy, fine)
        assert (one is None) == (other is None)
        assert one is None or other == pytest.approx(one, abs=1.0)


@pytest.mark.parametrize("noise", [3.0, 6.0, 10.0])
@pytest.mark.parametrize("bias", [0.0, 0.3, 0.6])
def test_the_air_of_an_mr_with_a_bias_field_is_found_within_4_levels_or_not_at_all(noise, bias):
    random = np.random.default_rng(3)
    y, x = np.meshgrid(*[np.linspace(-1.0, 1.0, 300)] * 2, indexing="ij")
    radius = np.hypot(y, x)
    tissue = np.select([radius < 0.3, radius < 0.5, radius < 0.6], [110.0, 75.0, 150.0], 0.0)
    tissue *= 1.0 + bias * x
    real, imaginary = (random.normal(part, noise, tissue.shape) for part in (tissue, 0.0))
    level = np.hypot(real, imaginary).clip(0, 255)
    low, high = best_levels(level, radius < 0.6)
    chosen = level_by(Drop(), histogram_of(np.rint(level).astype(np.uint8)))
    assert chosen is None or low - TOLERANCE <= chosen <= high + TOLERANCE
    assert chosen is not None or noise > 6.0
