import time

import numpy as np
import pytest

from medmask.errors import NoThreshold
from medmask.histogram import Histogram
from medmask.scale import Scale
from medmask.thresholds import STRATEGIES, Threshold
from tests.thresholds.phantoms import film, histogram_of, limb

SECONDS = 0.05  # of processor time for 65,536 bins; a scan's masks take a second


def strategy(word):
    return STRATEGIES[word](**({"level": 32} if word == "fixed" else {}))


def two_peaks(bins):
    at = np.arange(bins) / bins
    often = 900 * np.exp(-(((at - 0.1) / 0.03) ** 2)) + 300 * np.exp(-(((at - 0.6) / 0.1) ** 2))
    counts = np.random.default_rng(0).poisson(often).astype(np.int64)
    return Histogram(at * bins, counts, 0.0, bins - 1.0, True, Scale("window", bins / 256, 0.0))


@pytest.mark.parametrize("word", STRATEGIES)
def test_every_strategy_of_the_table_chooses(word):
    values = limb() if word == "valley" else film()[0]
    assert isinstance(strategy(word).choose(histogram_of(values)), Threshold)


@pytest.mark.parametrize("word", [word for word in STRATEGIES if word != "fixed"])
def test_a_picture_of_one_value_has_no_threshold_by_any(word):
    with pytest.raises(NoThreshold, match=f"^{word} found no threshold: "):
        strategy(word).choose(histogram_of(np.full(9, 3, np.int16)))


@pytest.mark.parametrize("word", STRATEGIES)
def test_none_takes_long_on_16_bits(word):
    histogram = two_peaks(1 << 16)
    spent = []
    for _ in range(5):
        before = time.process_time()
        try:
            strategy(word).choose(histogram)
        except NoThreshold:
            assert word in {"drop", "valley"}
        spent.append(time.process_time() - before)
    assert min(spent) < SECONDS


@pytest.mark.parametrize("word", STRATEGIES)
def test_a_million_bins_are_no_obstacle(word):
    coarse, fine = two_peaks(1 << 12), two_peaks(1 << 20)
    try:
        level = strategy(word).choose(fine).level
    except NoThreshold:
        assert word in {"drop", "valley"}
    else:
        assert level == pytest.approx(strategy(word).choose(coarse).level, abs=25.0)
