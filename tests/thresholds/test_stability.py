import numpy as np
import pytest

from medmask.thresholds import Stability, stability
from tests.thresholds.phantoms import histogram_of


def test_shares_lost_and_gained_are_counted_by_hand():
    values = np.repeat(np.uint8([30, 31, 33, 34, 50]), [100, 7, 2, 3, 5])
    assert stability(histogram_of(values), 32.0, 2.0) == Stability(2.0, 0.5, 0.7, 5, 17)


def test_an_empty_mask_has_no_shares():
    assert stability(histogram_of(np.uint8([1, 2])), 32.0) == Stability(2.0, None, None)


def test_a_threshold_in_bare_space_is_stable():
    assert stability(histogram_of(np.uint8([0, 100])), 32.0) == Stability(2.0, 0.0, 0.0, 1, 1)


def test_no_distance_is_refused():
    with pytest.raises(ValueError, match="delta_levels must be positive, got 0"):
        stability(histogram_of(np.uint8([0])), 32.0, 0)


def test_the_largest_share_is_that_of_either_side():
    assert Stability(2.0, 0.5, 0.7).largest == 0.7
    assert Stability(2.0, 0.5, 0.0).largest == 0.5
    assert Stability(2.0, None, None).largest is None
