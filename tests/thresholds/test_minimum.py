import numpy as np
import pytest
from hypothesis import given, settings
from skimage.filters import threshold_minimum

from medmask.errors import NoThreshold
from medmask.scale import Scale
from medmask.thresholds import Minimum
from tests.thresholds.phantoms import histogram_of, pictures


@settings(max_examples=30)  # theirs takes its time
@given(pictures(tallest_bits=8))
def test_it_is_scikit_images_threshold_to_half_a_bin(values):
    try:
        other = threshold_minimum(values)
    except RuntimeError:
        other = None
    try:
        ours = Minimum().choose(histogram_of(values)).level
    except NoThreshold:
        ours = None
    assert (ours is None) == (other is None)
    assert ours is None or abs(ours - other) <= 0.5


def two_peaks(step=1):
    random = np.random.default_rng(2)
    levels = np.concatenate([random.normal(50, 8, 60_000), random.normal(150, 20, 40_000)])
    return np.clip(np.rint(levels * step), 0, 255 * step).astype(np.uint16)


def test_16_bits_are_merged_into_levels_first():
    coarse = Minimum().choose(histogram_of(two_peaks())).level
    fine = histogram_of(two_peaks(257), Scale("window", 257.0, 0.0))
    assert Minimum().choose(fine).level == pytest.approx(coarse, abs=3.0)


def test_it_is_scikit_images_threshold_on_the_merged_bins_too():
    fine = histogram_of(two_peaks(256), Scale("window", 256.0, 0.0))
    first = round(fine.levels[0] * 256)
    counts = np.bincount((two_peaks(256).astype(int) - first) // 256)
    centres = (first + np.arange(counts.size) * 256 + 127.5) / 256
    other = threshold_minimum(hist=(counts, centres))
    assert abs(Minimum().choose(fine).level - other) <= 0.5 + 1e-9


def test_two_clean_peaks_are_as_deep_as_can_be():
    values = np.repeat(np.uint8([0, 10, 11, 60, 61, 80]), [1, 500, 900, 400, 800, 1])
    chosen = Minimum().choose(histogram_of(values))
    assert 11 < chosen.level < 60
    assert chosen.evidence == pytest.approx(1.0)


def test_one_peak_has_no_minimum():
    values = np.repeat(np.arange(9, dtype=np.uint8), [1, 2, 4, 8, 9, 8, 4, 2, 1])
    with pytest.raises(NoThreshold, match="smoothing leaves 1 peaks where 2 are needed"):
        Minimum().choose(histogram_of(values))
