from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.filters import threshold_multiotsu

from medmask.errors import NoThreshold
from medmask.scale import Scale
from medmask.thresholds import MultiOtsu, Otsu
from tests.thresholds.phantoms import histogram_of, pictures


def explained(values, levels):
    """The share of all variance between the classes, as it is defined."""
    classes = np.split(np.sort(values), np.searchsorted(np.sort(values), levels, side="right"))
    within = sum(part.size * part.var() for part in classes if part.size)
    return 1.0 - within / (values.size * values.var())


def chosen_levels(histogram, classes):
    return [MultiOtsu(classes, index).choose(histogram).level for index in range(classes - 1)]


@given(st.lists(st.integers(-30, 30), min_size=5, max_size=14), st.integers(2, 5))
def test_no_other_levels_explain_more(values, classes):
    values = np.array(values, float)
    distinct = sorted(set(values))
    if len(distinct) >= classes:
        ours = explained(values, chosen_levels(histogram_of(values.astype(np.int16)), classes))
        assert ours == pytest.approx(
            max(explained(values, levels) for levels in combinations(distinct[:-1], classes - 1))
        )


@given(pictures(tallest_bits=8), st.integers(2, 4))
def test_it_is_scikit_images_threshold_to_half_a_bin_or_a_better_one(values, classes):
    if len(set(values)) >= classes:
        ours = chosen_levels(histogram_of(values), classes)
        other = threshold_multiotsu(values, classes)
        better = explained(values, ours) - explained(values, other)
        assert np.abs(ours - other).max() <= 0.5 or better > -1e-9, "theirs has 24 bits"


def test_three_plain_classes_are_told_apart_and_explain_all():
    values = np.repeat(np.uint8([10, 60, 200]), [7, 5, 3])
    low, high = (MultiOtsu(3, index).choose(histogram_of(values)) for index in (0, 1))
    assert (low.level, high.level) == (10.5, 60.5)
    assert low.evidence == pytest.approx(1.0)


def test_16_bits_are_merged_to_half_levels_first():
    random = np.random.default_rng(0)
    levels = np.concatenate([random.normal(m, 25, 20_000) for m in (40, 120, 200)])
    values = np.clip(np.rint(levels * 256), 0, 65535).astype(np.uint16)
    ours = np.array(chosen_levels(histogram_of(values, Scale("window", 256.0, 0.0)), 3))
    first = values.min()
    counts = np.bincount((values - first) // 128)
    centres = (first + np.arange(counts.size) * 128 + 63.5) / 256
    assert np.abs(ours - centres[threshold_multiotsu(hist=counts)]).max() <= 0.25 + 1e-9


def test_two_classes_are_otsus():
    values = np.random.default_rng(1).gamma(2.0, 20.0, 5000).astype(np.uint8)
    histogram = histogram_of(values)
    assert MultiOtsu(2).choose(histogram).level == Otsu().choose(histogram).level


def test_fewer_values_than_classes_are_refused():
    with pytest.raises(NoThreshold, match="2 different values do not make 3 classes"):
        MultiOtsu().choose(histogram_of(np.uint8([1, 5])))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"classes": 6}, "classes must be 2 to 5, got 6"),
        ({"classes": 3, "index": 2}, "index must be 0 to 1 for 3 classes, got 2"),
    ],
)
def test_classes_that_there_are_not_are_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        MultiOtsu(**given)
