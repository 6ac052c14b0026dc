import math

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from medmask.grid import Grid
from medmask.quality import agree
from tests.phantoms import grid_of

SHAPE = (8, 12, 10)
GRID = grid_of(SHAPE)  # 2.5 x 0.8 x 0.7 mm


def box(first, last, shape=SHAPE):
    mask = np.zeros(shape, bool)
    mask[tuple(slice(a, b) for a, b in zip(first, last, strict=True))] = True
    return mask


def surface_points(mask, grid):
    """Corners of voxels around which some voxels are set and some are not, in mm."""
    padded = np.pad(mask, 1)
    around = np.zeros(np.array(mask.shape) + 1, int)
    for corner in np.ndindex(2, 2, 2):
        cut = (slice(c, c + n + 1) for c, n in zip(corner, mask.shape, strict=True))
        around += padded[tuple(cut)]
    return grid.world(np.argwhere((around > 0) & (around < 8)) - 0.5)


def farthest_mm(mask, reference, grid):
    """The greatest distance from one surface to the other, by brute force."""
    one, other = surface_points(mask, grid), surface_points(reference, grid)
    apart = np.linalg.norm(one[:, None] - other[None], axis=-1)
    return max(apart.min(axis=0).max(), apart.min(axis=1).max())


def test_a_mask_agrees_with_itself():
    mask = box((2, 3, 2), (6, 9, 7))
    same = agree(mask, mask.copy(), GRID)
    assert (same.dice, same.hd95_mm, same.mean_surface_mm, same.surface_dice) == (1, 0, 0, 1)
    assert same.voxels == same.reference_voxels == same.common_voxels == 4 * 6 * 5
    assert same.volume_ml == pytest.approx(120 * 2.5 * 0.8 * 0.7 / 1000)


def test_two_walls_lie_two_steps_apart():
    # slabs that fill the field in rows and columns: their surfaces are planes and rims
    mask, reference = box((2, 0, 0), (6, 12, 10)), box((2, 0, 0), (4, 12, 10))
    found = agree(mask, reference, GRID, tolerance_mm=4.9)
    assert found.dice == pytest.approx(2 * 240 / (480 + 240))
    assert found.difference_ml == pytest.approx(240 * 1.4 / 1000)
    assert found.hd95_mm == pytest.approx(5.0)  # two steps of 2.5 mm; the far wall is over 5 %
    assert 0 < found.surface_dice < 1
    assert agree(mask, reference, GRID, tolerance_mm=5.0).surface_dice == pytest.approx(1.0)


def test_a_tolerance_of_whole_steps_holds_them_wherever_the_grid_lies():
    grid = grid_of(SHAPE, spacing=(0.7, 0.7, 0.7), origin=(-183.9, 171.4, 1000.1))
    mask = box((2, 3, 2), (6, 9, 6))
    assert agree(np.roll(mask, 2, 1), mask, grid, tolerance_mm=1.4).surface_dice == 1.0


def test_single_voxels_far_apart_have_their_distance_and_no_agreement():
    one, other = box((0, 0, 0), (1, 1, 1)), box((3, 4, 0), (4, 5, 1))
    found = agree(one, other, grid_of(SHAPE, spacing=(4.0, 3.0, 1.0)), tolerance_mm=1.0)
    # the nearest corners lie 2 slices and 3 rows apart, the farthest 3 and 4 from the nearest
    assert found.hd95_mm == pytest.approx(math.hypot(3 * 4, 4 * 3))
    assert found.dice == found.surface_dice == 0


@settings(max_examples=25, deadline=None)
@given(*[hnp.arrays(bool, (4, 5, 6), elements=st.booleans()) for _ in "ab"])
def test_dice_and_farthest_distance_are_those_of_others(mask, reference):
    grid = grid_of((4, 5, 6))
    found = agree(mask, reference, grid)
    if not (mask.any() and reference.any()):
        return
    overlap = sitk.LabelOverlapMeasuresImageFilter()
    overlap.Execute(*[sitk.GetImageFromArray(m.astype(np.uint8)) for m in (reference, mask)])
    assert found.dice == pytest.approx(overlap.GetDiceCoefficient())
    farthest = farthest_mm(mask, reference, grid)
    assert found.hd95_mm <= farthest + 1e-9
    assert found.mean_surface_mm <= farthest + 1e-9
    if farthest > 0:
        assert agree(mask, reference, grid, farthest).surface_dice == pytest.approx(1.0)
        assert agree(mask, reference, grid, farthest * 0.99).surface_dice < 1.0


@settings(max_examples=25, deadline=None)
@given(*[hnp.arrays(bool, (3, 4, 5), elements=st.booleans()) for _ in "ab"])
def test_distances_do_not_depend_on_which_mask_is_the_reference(mask, reference):
    grid = grid_of((3, 4, 5))
    one, other = agree(mask, reference, grid), agree(reference, mask, grid)
    assert one.hd95_mm == other.hd95_mm
    assert one.dice == other.dice
    if one.mean_surface_mm is not None:
        assert one.mean_surface_mm == pytest.approx(other.mean_surface_mm)


def test_the_hausdorff_distance_is_that_of_itk_up_to_half_a_voxel():
    mask, reference = box((1, 2, 2), (6, 9, 7)), box((2, 2, 1), (6, 10, 7))
    images = [sitk.GetImageFromArray(m.astype(np.uint8)) for m in (mask, reference)]
    for image in images:
        image.SetSpacing((0.7, 0.8, 2.5))
    itk = sitk.HausdorffDistanceImageFilter()
    itk.Execute(*images)
    # ITK measures between centres of voxels, we between their corners
    assert farthest_mm(mask, reference, GRID) == pytest.approx(
        itk.GetHausdorffDistance(), abs=float(np.linalg.norm((2.5, 0.8, 0.7))) / 2
    )


def test_two_empty_masks_have_nothing_to_say():
    nothing = np.zeros(SHAPE, bool)
    found = agree(nothing, nothing, GRID)
    assert (found.dice, found.hd95_mm, found.mean_surface_mm, found.surface_dice) == (None,) * 4
    assert found.difference_ml == 0


def test_one_empty_mask_agrees_in_nothing_and_has_no_distance():
    found = agree(np.zeros(SHAPE, bool), box((2, 3, 2), (6, 9, 7)), GRID)
    assert (found.dice, found.surface_dice) == (0, 0)
    assert (found.hd95_mm, found.mean_surface_mm) == (None, None)


def test_without_spacing_voxels_are_all_that_can_be_compared():
    mask = box((0, 3, 2), (1, 9, 7), (1, 12, 10))
    found = agree(mask, np.roll(mask, 1, 2), Grid.plain(mask.shape))
    assert found.dice == pytest.approx(0.8)
    assert found.volume_ml is found.hd95_mm is found.surface_dice is None


def test_a_film_is_measured_along_its_outline_though_it_has_no_thickness():
    flat = Grid((1, 12, 10), grid_of((1, 12, 10)).affine, (False, True, True))
    mask = box((0, 3, 2), (1, 9, 7), (1, 12, 10))
    found = agree(mask, np.roll(mask, 2, 1), flat)
    assert found.volume_ml is None
    assert found.hd95_mm == pytest.approx(1.6)


def test_leaning_slices_are_measured_where_they_lie():
    leaning = GRID.affine.copy()
    leaning[1, 0] = 2.0  # each slice lies 2 mm towards P of the one before
    grid = Grid(SHAPE, leaning)
    one, other = box((3, 5, 4), (4, 6, 5)), box((4, 5, 4), (5, 6, 5))
    assert agree(one, other, grid).hd95_mm == pytest.approx(farthest_mm(one, other, grid))
    assert agree(one, other, grid).hd95_mm > agree(one, other, GRID).hd95_mm


@pytest.mark.parametrize(
    ("mask", "tolerance_mm", "sentence"),
    [
        (np.zeros((2, 2, 2), bool), 1.0, r"a mask is bool of shape \(2, 2, 2\); accepted: bool"),
        (np.zeros(SHAPE, np.uint8), 1.0, "a mask is uint8 of shape"),
        (np.zeros(SHAPE, bool), -1.0, "tolerance_mm -1.0; accepted: 0 or more"),
        (np.zeros(SHAPE, bool), math.nan, "tolerance_mm nan; accepted: 0 or more"),
    ],
)
def test_what_cannot_be_compared_is_refused(mask, tolerance_mm, sentence):
    with pytest.raises(ValueError, match=sentence):
        agree(mask, np.zeros(SHAPE, bool), GRID, tolerance_mm)
