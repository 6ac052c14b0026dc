import numpy as np
import pytest
from scipy.stats import norm

from medmask.errors import NoThreshold
from medmask.scale import Scale
from medmask.thresholds import Valley
from tests.thresholds.phantoms import film, histogram_of, limb, limb_ends


@pytest.mark.parametrize("exposure", [0.9, 1.0, 1.1])
@pytest.mark.parametrize("noise", [1.0, 2.0])
@pytest.mark.parametrize("background", [0.1, 0.5, 0.9])
def test_a_boundary_that_can_be_seen_is_found(exposure, noise, background):
    chosen = Valley().choose(histogram_of(limb(exposure, noise, background)))
    _, end = limb_ends(exposure, noise, background, 0.3)
    assert abs(chosen.level - end) <= 4.0


@pytest.mark.parametrize("exposure", [1.5, 1.7])
@pytest.mark.parametrize("noise", [1.0, 2.0, 4.0])
@pytest.mark.parametrize("background", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("bone", [0.1, 0.3, 0.5])
def test_the_valley_behind_the_background_is_refused(exposure, noise, background, bone):
    with pytest.raises(NoThreshold):
        Valley().choose(histogram_of(limb(exposure, noise, background, bone)))


def test_it_is_said_that_what_is_below_may_be_background():
    with pytest.raises(NoThreshold, match=r"below the valley at 47\.\d* there is no peak brighter"):
        Valley().choose(histogram_of(limb(exposure=1.7, noise=4.0, background=0.8)))


def test_beside_a_steep_flank_it_lies_where_both_are_equally_frequent():
    random = np.random.default_rng(0)
    levels = np.concatenate([random.normal(46, 3, 200_000), random.normal(85, 13, 80_000)])
    at = np.arange(46, 85, 0.01)
    flesh, hard = 20 * norm.pdf(at, 46, 3), 8 * norm.pdf(at, 85, 13)
    level = Valley().choose(histogram_of(np.rint(levels).astype(np.uint8))).level
    assert level == pytest.approx(at[np.argmax(hard > flesh)], abs=2.5)


@pytest.mark.parametrize("seed", range(20))
def test_a_tail_that_only_falls_has_no_valley(seed):
    random = np.random.default_rng(seed)
    tail = random.exponential(random.uniform(6, 40), int(10 ** random.uniform(2.5, 5.5)))
    with pytest.raises(NoThreshold):
        Valley().choose(histogram_of(np.clip(np.rint(tail), 0, 255).astype(np.uint8)))


def test_of_a_gap_the_middle_is_taken():
    values = np.repeat(np.uint8([49, 50, 51, 77, 78, 79]), 3000)
    assert Valley(sigma=1.0).choose(histogram_of(values)).level == pytest.approx(64.0, abs=0.26)


def test_of_two_valleys_the_one_nearer_is_taken():
    values = np.repeat(np.uint8([30, 55, 56, 90]), 5000)
    histogram = histogram_of(values)
    assert 56 < Valley(near=64, within=30, sigma=1).choose(histogram).level < 90
    assert 30 < Valley(near=44, within=30, sigma=1).choose(histogram).level < 55


def test_bits_do_not_matter():
    levels = limb()
    coarse = Valley().choose(histogram_of(levels))
    jitter = np.random.default_rng(1).integers(-128, 129, levels.size)
    fine = np.clip(levels.astype(np.int32) * 257 + jitter, 0, 65535).astype(np.uint16)
    found = Valley().choose(histogram_of(fine, Scale("window", 257.0, 0.0)))
    assert found.level == pytest.approx(coarse.level, abs=1.0)
    assert found.native == pytest.approx(found.level * 257.0)


def test_an_inverted_film_has_the_same_level():
    levels = limb()
    upright = Valley().choose(histogram_of(levels))
    inverted = Valley().choose(histogram_of(255 - levels, Scale("window", -1.0, 255.0)))
    assert inverted.level == pytest.approx(upright.level)


def test_a_deeper_valley_has_more_evidence():
    blurred, sharp = (Valley().choose(histogram_of(limb(noise=n))) for n in (2.0, 1.0))
    assert sharp.evidence > blurred.evidence > np.log10(2)


def test_no_valley_in_the_range_is_refused():
    with pytest.raises(NoThreshold, match=r"the histogram has no valley within 48\.\.80"):
        Valley().choose(histogram_of(np.repeat(np.uint8([10, 20]), 500)))


def test_a_shallow_valley_is_refused():
    sentence = r"the valley at \d+\.\d+ is shallow: \d+% below its shoulder, where \d+% are"
    with pytest.raises(NoThreshold, match=sentence):
        Valley().choose(histogram_of(film(noise=4.0)[0]))


def test_next_to_nothing_above_the_valley_is_refused():
    values = np.repeat(np.arange(40, 96, dtype=np.uint8), [10**6, *[0] * 44, *[80] * 11])
    with pytest.raises(NoThreshold, match="only 880 of 1000880 voxels lie above the valley at"):
        Valley().choose(histogram_of(values))


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
        Valley(**given)
