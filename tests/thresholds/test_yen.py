import math

import numpy as np
import pytest
from hypothesis import example, given
from skimage.filters import threshold_yen

from medmask.thresholds import Yen
from tests.thresholds.phantoms import film, histogram_of, pictures


def correlation(values, level):
    """The criterion as the paper defines it, in Python's own numbers."""
    _, counts = np.unique(values, return_counts=True)
    after = int((np.unique(values) <= level).sum())
    below, above = counts[:after] / counts.sum(), counts[after:] / counts.sum()
    return -math.log(((below / below.sum()) ** 2).sum()) - math.log(
        ((above / above.sum()) ** 2).sum()
    )


def in_24_bits(values, level):
    """The criterion as scikit-image reckons it: in single precision, one share from the other."""
    first = values.min()
    share = np.bincount(values - first).astype(np.float32) / np.float32(values.size)
    after = math.floor(level) - first + 1
    below = np.cumsum(share)[after - 1]
    squares = np.cumsum(share**2)[after - 1] * np.cumsum(share[::-1] ** 2)[::-1][after]
    return np.log((below * (np.float32(1) - below)) ** 2 / squares)


@example(np.repeat(146 * np.arange(5), [9067, 9657, 8003, 236, 2]))  # theirs is 0.0005 off
@given(pictures())
def test_it_is_scikit_images_threshold_to_half_a_bin_or_a_better_one(values):
    chosen = Yen().choose(histogram_of(values))
    other = threshold_yen(values)
    better = chosen.evidence - correlation(values, other)
    if abs(chosen.level - other) > 0.5:
        assert better > -1e-9
        theirs = in_24_bits(values, other) - in_24_bits(values, chosen.level)
        assert better < 1e-4 or theirs >= 0, "not for what is rounded"


def test_the_evidence_is_the_papers_criterion():
    values = film()[0]
    chosen = Yen().choose(histogram_of(values))
    assert chosen.evidence == pytest.approx(correlation(values, chosen.level))


def test_two_pairs_of_even_values_are_split_between_them():
    chosen = Yen().choose(histogram_of(np.repeat(np.uint8([10, 11, 90, 91]), [8, 8, 2, 2])))
    assert chosen.level == 11.5
    assert chosen.evidence == pytest.approx(2 * math.log(2))
