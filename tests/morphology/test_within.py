import numpy as np
import pytest

from medmask.errors import ScanError
from medmask.grid import Grid
from medmask.morphology import PackedMask, Site, Within
from tests.morphology.grids import applied

GRID = Grid.plain((1, 2, 2))
MASK = np.array([[[True, True], [False, False]]])
BODY = np.array([[[True, False], [True, False]]])


def test_what_lies_outside_the_body_is_removed():
    assert applied(Within(), MASK, Site(GRID, PackedMask.of(BODY))).tolist() == [
        [[True, False], [False, False]]
    ]


def test_without_a_body_it_is_refused():
    with pytest.raises(ScanError) as caught:
        applied(Within(), MASK, Site(GRID))
    assert str(caught.value) == (
        "within: there is no mask of the body yet; accepted: within: body for bone"
    )


def test_there_is_nothing_to_warn_of():
    assert Within().warnings(GRID) == ()
