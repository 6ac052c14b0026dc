import pytest

from medmask.thresholds import STRATEGIES, Threshold
from tests.thresholds.phantoms import film, histogram_of


@pytest.mark.parametrize("word", STRATEGIES)
def test_every_strategy_of_the_table_chooses(word):
    strategy = STRATEGIES[word](**({"level": 32} if word == "fixed" else {}))
    assert isinstance(strategy.choose(histogram_of(film()[0])), Threshold)
