import numpy as np
import pytest

from medmask.errors import NoSpacing
from medmask.grid import Grid
from medmask.morphology import PackedMask, RemoveSmall, Site
from tests.morphology.grids import applied, grid_of


def bars():
    """Return bars of 2, 3 and 4 voxels, one to a row."""
    mask = np.zeros((1, 7, 10), np.bool_)
    for row, length in ((1, 2), (3, 3), (5, 4)):
        mask[0, row, :length] = True
    return mask


def lengths(mask):
    return mask.sum(axis=(0, 2))[1::2].tolist()


def test_a_part_of_just_the_volume_stays():
    site = Site(grid_of((1, 7, 10), (3.0, 0.7, 0.1)))  # 0.21 mm3 a voxel; 3 * 0.21 is not 0.63
    assert lengths(applied(RemoveSmall(volume_mm3=0.63), bars(), site)) == [0, 3, 4]
    assert lengths(applied(RemoveSmall(volume_mm3=0.64), bars(), site)) == [0, 0, 4]


def test_voxels_need_no_millimetres():
    site = Site(Grid.plain((1, 7, 10)))
    assert lengths(applied(RemoveSmall(voxels=4), bars(), site)) == [0, 0, 4]
    assert lengths(applied(RemoveSmall(voxels=1), bars(), site)) == [2, 3, 4]


def test_connectivity_decides_what_one_part_is():
    mask = np.zeros((1, 4, 4), np.bool_)
    mask[0, 0, 0] = mask[0, 1, 1] = True
    site = Site(Grid.plain(mask.shape))
    assert applied(RemoveSmall(voxels=2), mask, site).sum() == 2
    assert applied(RemoveSmall(voxels=2, connectivity=6), mask, site).sum() == 0


def test_nothing_is_left_of_nothing_and_the_mask_given_stays_as_it_is():
    mask = bars()
    before = mask.copy()
    site = Site(Grid.plain(mask.shape))
    assert not applied(RemoveSmall(voxels=50), mask, site).any()
    assert not applied(RemoveSmall(voxels=1), np.zeros_like(mask), site).any()
    assert np.array_equal(mask, before)


def test_a_volume_without_millimetres_is_refused():
    site = Site(grid_of((1, 7, 10), spacing_known=(False, True, True)))
    with pytest.raises(NoSpacing) as caught:
        applied(RemoveSmall(volume_mm3=1000), bars(), site)
    assert str(caught.value) == (
        "remove_small: volume_mm3: 1000 where a voxel's volume is unknown; "
        "accepted: voxels: instead"
    )


def test_there_is_nothing_to_warn_of():
    assert RemoveSmall(voxels=1).warnings(grid_of((3, 3, 3))) == ()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "remove_small needs either volume_mm3 or voxels"),
        ({"volume_mm3": 1.0, "voxels": 1}, "remove_small needs either volume_mm3 or voxels"),
        ({"volume_mm3": -5.0}, "remove_small: volume_mm3 must be positive, got -5"),
        ({"voxels": 0}, "remove_small: voxels must be at least 1, got 0"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        RemoveSmall(**given)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_what_the_scans_ends_cut_is_judged_by_its_area(axis):
    mask = np.zeros((3, 40, 40), bool)
    mask[:2, 2:12, 2:12] = True  # 100 mm2, cut: the area of a cube of 1000 mm3
    mask[:2, 20:29, 2:12] = True  # 90 mm2, cut
    mask[1, 20:30, 20:30] = True  # 100 mm2, not cut
    turned = np.ascontiguousarray(np.moveaxis(mask, 0, axis))
    order = [1, 2]
    order.insert(axis, 0)
    affine = np.eye(4)
    affine[:3, :3] = np.fliplr(np.eye(3))[:, order]
    step = RemoveSmall(volume_mm3=1000.0, at_ends="area")
    kept = step.apply(PackedMask.of(turned), Site(Grid(turned.shape, affine))).unpacked()
    wanted = np.zeros_like(mask)
    wanted[:2, 2:12, 2:12] = True
    assert np.array_equal(np.moveaxis(kept, axis, 0), wanted)


def test_an_area_goes_with_a_volume():
    with pytest.raises(ValueError, match="remove_small: at_ends: area goes with volume_mm3"):
        RemoveSmall(voxels=10, at_ends="area")
