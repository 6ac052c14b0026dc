import numpy as np
import pytest
from hypothesis import given
from scipy import ndimage

from medmask.errors import NoSpacing
from medmask.grid import Grid
from medmask.morphology import Site, Smooth
from tests.morphology.grids import applied, ball, grid_of, masks


@given(masks(columns=100))
def test_it_is_the_median_of_the_ball_with_the_edge_repeated(mask):
    step, site = Smooth(1.5), Site(grid_of(mask.shape, (1.5, 1.0, 0.8)))
    element = step.element_on(site.grid).as_array()
    expected = ndimage.median_filter(mask.view(np.uint8), footprint=element, mode="nearest")
    assert np.array_equal(applied(step, mask, site), expected)


def test_a_flat_surface_stays_and_a_speck_and_a_pit_on_it_go():
    flat = np.zeros((7, 30, 70), np.bool_)
    flat[:, 15:] = True
    mask = flat.copy()
    mask[3, 15, 30], mask[3, 14, 50], mask[3, 5, 10] = False, True, True
    assert np.array_equal(applied(Smooth(2.0), mask, Site(grid_of(mask.shape))), flat)


def test_the_volume_of_a_ball_hardly_changes():
    mask = ball((31, 61, 61), (2.0, 1.0, 1.0), 25.0)
    smooth = applied(Smooth(3.0), mask, Site(grid_of(mask.shape, (2.0, 1.0, 1.0))))
    assert smooth.sum() == pytest.approx(mask.sum(), rel=0.01)


def test_empty_and_full_masks_stay_what_they_are():
    for value in (False, True):
        mask = np.full((4, 5, 66), value)
        assert np.array_equal(applied(Smooth(iterations=2), mask, Site(grid_of(mask.shape))), mask)


def test_a_picture_without_millimetres_takes_iterations():
    mask = np.zeros((1, 9, 9), np.bool_)
    mask[0, 4, 4] = True
    with pytest.raises(NoSpacing, match="smooth: radius_mm: 2 where the spacing"):
        applied(Smooth(2.0), mask, Site(Grid.plain(mask.shape)))
    assert not applied(Smooth(iterations=1), mask, Site(Grid.plain(mask.shape))).any()
