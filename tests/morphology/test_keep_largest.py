import numpy as np
import pytest

from medmask.grid import Grid
from medmask.morphology import KeepLargest, Site
from tests.morphology.grids import applied
from tests.morphology.test_remove_small import bars, lengths

SITE = Site(Grid.plain((1, 7, 10)))


def test_the_largest_parts_stay():
    assert lengths(applied(KeepLargest(), bars(), SITE)) == [0, 0, 4]
    assert lengths(applied(KeepLargest(2), bars(), SITE)) == [0, 3, 4]
    assert lengths(applied(KeepLargest(9), bars(), SITE)) == [2, 3, 4]


def test_of_equal_parts_the_one_that_comes_first_stays():
    mask = np.zeros((1, 7, 10), np.bool_)
    mask[0, 1, 7:9] = mask[0, 3, 0:2] = mask[0, 5, 4:6] = True
    assert lengths(applied(KeepLargest(), mask, SITE)) == [2, 0, 0]
    assert lengths(applied(KeepLargest(2), mask, SITE)) == [2, 2, 0]


def test_connectivity_decides_what_one_part_is():
    mask = np.zeros((1, 7, 10), np.bool_)
    mask[0, 1, 0] = mask[0, 2, 1] = True
    assert applied(KeepLargest(), mask, SITE).sum() == 2
    assert applied(KeepLargest(connectivity=6), mask, SITE).sum() == 1


def test_an_empty_mask_stays_empty():
    assert not applied(KeepLargest(), np.zeros((1, 7, 10), np.bool_), SITE).any()


def test_there_is_nothing_to_warn_of():
    assert KeepLargest().warnings(SITE.grid) == ()


def test_no_part_at_all_is_refused():
    with pytest.raises(ValueError, match="keep_largest: count must be at least 1, got 0"):
        KeepLargest(0)
