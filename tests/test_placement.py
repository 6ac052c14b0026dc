from itertools import permutations, product

import numpy as np
import pytest
import SimpleITK as sitk

from medmask.grid import Grid
from medmask.placement import Placement, difference
from tests.phantoms import grid_of

SHAPE = (4, 6, 5)


def stored_otherwise(grid, voxels, order, flips):
    affine, turned = grid.affine[:, [*order, 3]].copy(), voxels.transpose(order)
    for axis, flip in enumerate(flips):
        if flip:
            affine[:, 3] += affine[:, axis] * (turned.shape[axis] - 1)
            affine[:, axis] *= -1
            turned = np.flip(turned, axis)
    return Grid(turned.shape, affine), turned


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_one_volume_in_any_of_48_orders_is_put_back_voxel_for_voxel(order):
    grid, voxels = grid_of(SHAPE), np.arange(np.prod(SHAPE)).reshape(SHAPE)
    for flips in product((False, True), repeat=3):
        other, turned = stored_otherwise(grid, voxels, order, flips)
        found = Placement.between(other, grid)
        np.testing.assert_array_equal(found.reordered(turned), voxels)
        assert found.is_one_to_one
        assert found.is_identity == (order == (0, 1, 2) and not any(flips))


def test_rounding_of_a_header_is_snapped_and_measured():
    rounded = grid_of(SHAPE, origin=(-10.0, -20.03, 30.0))
    found = Placement.between(rounded, grid_of(SHAPE))
    assert found.displacement_mm == pytest.approx(0.03)


@pytest.mark.parametrize(
    "other",
    [
        grid_of((4, 6, 6)),
        grid_of(SHAPE, origin=(-10.0, -19.2, 30.0)),
        grid_of(SHAPE, spacing=(2.6, 0.8, 0.7)),
    ],
)
def test_another_grid_has_other_voxels(other):
    assert not Placement.between(other, grid_of(SHAPE)).is_one_to_one


def test_what_has_no_place_matches_by_shape_alone():
    assert Placement.between(Grid.plain(SHAPE), grid_of(SHAPE)).is_identity
    assert not Placement.between(Grid.plain((4, 5, 6)), grid_of(SHAPE)).is_one_to_one


def test_a_block_of_a_grid_shares_its_voxels_but_not_one_to_one():
    whole = grid_of(SHAPE)
    affine = whole.affine.copy()
    affine[:3, 3] = whole.world((1, 2, 0))
    found = Placement.between(whole, Grid((2, 4, 5), affine))
    assert found.shares_voxels
    assert not found.is_one_to_one
    voxels = np.arange(np.prod(SHAPE)).reshape(SHAPE)
    np.testing.assert_array_equal(found.linear(voxels), voxels[1:3, 2:])


def test_differences_are_named():
    other = Grid((4, 6, 6), grid_of(SHAPE, spacing=(2.5, 0.8, 0.9), origin=(-10, -20, 42)).affine)
    assert difference(grid_of(SHAPE), other) == (
        "shape 4 x 6 x 5 against 4 x 6 x 6; spacing 2.5 x 0.8 x 0.7 against 2.5 x 0.8 x 0.9 mm; "
        "first voxels 12 mm apart"
    )
    turned, _ = stored_otherwise(grid_of(SHAPE), np.zeros(SHAPE), (0, 1, 2), (False, True, False))
    assert "axes turned by up to 180.0 degrees" in difference(grid_of(SHAPE), turned)
    assert difference(grid_of(SHAPE), grid_of(SHAPE)) == ""


@pytest.mark.parametrize("nearest", [True, False])
@pytest.mark.parametrize("kind", [np.int16, np.float32])
def test_resampling_is_that_of_itk(nearest, kind):
    rng = np.random.default_rng(1)
    voxels = rng.integers(-1000, 1000, SHAPE).astype(kind)
    turn = np.array(sitk.Euler3DTransform((0, 0, 0), 0.1, 0.2, 0.3).GetMatrix()).reshape(3, 3)
    target = Grid((5, 7, 4), grid_of(SHAPE).affine.copy())
    target.affine[:3, :3] = turn @ target.affine[:3, :3]
    source_image, target_image = itk_of(voxels, grid_of(SHAPE)), itk_of(np.zeros((5, 7, 4)), target)
    method = sitk.sitkNearestNeighbor if nearest else sitk.sitkLinear
    expected = sitk.GetArrayFromImage(
        sitk.Resample(source_image, target_image, sitk.Transform(), method, 0.0, sitk.sitkFloat64)
    )
    placement = Placement.between(grid_of(SHAPE), target)
    found = placement.nearest(voxels) if nearest else placement.linear(voxels)
    inside = placement.covered()
    assert inside.sum() > 20
    assert not inside.all()
    wanted = np.rint(expected) if kind is np.int16 else expected
    # halves are rounded by each in its own way
    assert np.abs(found - wanted).max() <= (1 if kind is np.int16 else 1e-3)
    assert (found[~inside] == 0).all()


def itk_of(voxels, grid):
    image = sitk.GetImageFromArray(voxels.astype(np.float64))
    image.SetSpacing([float(s) for s in grid.steps[::-1]])
    image.SetDirection((grid.affine[:3, [2, 1, 0]] / grid.steps[::-1]).ravel().tolist())
    image.SetOrigin(grid.affine[:3, 3].tolist())
    return image


def test_labels_of_a_finer_grid_stay_labels():
    fine = grid_of((8, 12, 10), spacing=(1.25, 0.4, 0.35))
    labels = np.zeros(SHAPE, np.uint8)
    labels[1:3, 2:4, 1:4] = 7
    assert set(np.unique(Placement.between(grid_of(SHAPE), fine).nearest(labels))) == {0, 7}


def test_voxels_are_covered_up_to_the_edge_of_the_outermost_voxel():
    source, target = grid_of((2, 6, 5)), grid_of(SHAPE)
    assert Placement.between(source, target).covered().any(axis=(1, 2)).tolist() == [
        True,
        True,
        False,
        False,
    ]


def test_grids_beside_each_other_do_not_overlap():
    beside = grid_of(SHAPE, origin=(-10.0, 20.0, 30.0))
    assert Placement.between(grid_of((2, 6, 5)), grid_of(SHAPE)).overlaps
    assert not Placement.between(beside, grid_of(SHAPE)).overlaps
