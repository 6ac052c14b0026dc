import numpy as np
import pytest
import SimpleITK as sitk

from medmask.annotation import Fit
from medmask.annotations.lay import lay
from medmask.errors import NoOverlap, OtherShape
from medmask.grid import Grid
from tests.annotations.grids import (
    FILE,
    block_of,
    drawing_of,
    grid_of,
    moved,
    rotated,
    turned_round,
)

SHAPE = (6, 20, 24)
SCAN = grid_of(SHAPE, spacing=(3.0, 1.0, 0.5))


def labels(shape=SHAPE, seed=0):
    return np.random.default_rng(seed).integers(0, 4, shape).astype(np.uint8)


def box(shape=SHAPE):
    voxels = np.zeros(shape, np.uint8)
    voxels[2:4, 6:14, 8:18] = 1
    return voxels


def laid(drawing, target=SCAN):
    (annotation,) = lay(drawing, target, FILE)
    return annotation


def test_a_drawing_on_the_scans_own_grid_is_taken_as_it_is():
    annotation = laid(drawing_of(labels(), grid_of(SHAPE, spacing=(3.0, 1.0, 0.5)), 2))
    assert annotation.verdict.fit is Fit.IDENTICAL
    assert annotation.verdict.displacement_mm == 0
    np.testing.assert_array_equal(annotation.mask(annotation.voxels), labels() == 2)


def test_rounding_in_a_header_is_snapped_and_its_millimetres_are_stated():
    annotation = laid(drawing_of(labels(), moved(SCAN, (0.03, 0.0, 0.04)), 1))
    assert annotation.verdict.fit is Fit.SNAPPED
    assert annotation.verdict.displacement_mm == pytest.approx(0.05)
    assert "0.0500 mm" in annotation.verdict.message
    np.testing.assert_array_equal(annotation.voxels, labels())


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1)])
def test_voxels_stored_in_another_order_come_back_to_their_places(order):
    stored = labels().transpose(order)[::-1]
    annotation = laid(drawing_of(stored, turned_round(SCAN, order), 3))
    assert annotation.verdict.fit is Fit.IDENTICAL
    np.testing.assert_array_equal(annotation.voxels, labels())


def test_a_block_of_the_scan_is_put_where_it_was_cut_out():
    small = labels((3, 7, 5))
    annotation = laid(drawing_of(small, block_of(SCAN, (2, 4, 6), (3, 7, 5)), 1))
    expected = np.zeros(SHAPE, np.uint8)
    expected[2:5, 4:11, 6:11] = small
    assert annotation.verdict.fit is Fit.IDENTICAL
    np.testing.assert_array_equal(annotation.voxels, expected)


def test_what_lies_outside_is_lost_and_its_share_is_stated():
    drawn = np.zeros((4, 20, 24), np.uint8)
    drawn[:, 5, 5] = 1  # four voxels of which the scan's end leaves one
    annotation = laid(drawing_of(drawn, block_of(SCAN, (5, 0, 0), (4, 20, 24)), 1))
    assert annotation.verdict.fit is Fit.PARTLY_OUTSIDE
    assert annotation.verdict.share_lost == 0.75
    assert "75.00 %" in annotation.verdict.message
    assert np.argwhere(annotation.voxels).tolist() == [[5, 5, 5]]


def test_another_grid_of_the_same_world_takes_the_nearest_label():
    fine = grid_of((12, 40, 48), spacing=(1.5, 0.5, 0.25), origin=SCAN.affine[:3, 3])
    drawn = np.zeros((12, 40, 48), np.uint8)
    drawn[2:9, 3:33, 4:41] = labels((7, 30, 37))
    annotation = laid(drawing_of(drawn, fine, 1))
    # the centre of a scan's voxel lies upon that of every second fine one
    np.testing.assert_array_equal(annotation.voxels, drawn[::2, ::2, ::2])
    assert annotation.verdict.fit is Fit.RESAMPLED


def test_a_change_of_volume_is_stated():
    coarse = grid_of((3, 10, 12), spacing=(6.0, 2.0, 1.0), origin=SCAN.world((0.5, 0.5, 0.5)))
    drawn = np.zeros((3, 10, 12), np.uint8)
    drawn[1, 3:5, 4:8] = 1
    annotation = laid(drawing_of(drawn, coarse, 1))
    # every coarse voxel is exactly eight of the scan's
    assert annotation.voxel_count == 8 * 8
    assert annotation.verdict.volume_change == pytest.approx(0, abs=1e-12)
    assert "+0.00 %" in annotation.verdict.message


def itk(voxels, grid):
    image = sitk.GetImageFromArray(voxels)
    directions = grid.affine[:3, [2, 1, 0]] / grid.steps[::-1]
    image.SetDirection(directions.ravel().tolist())
    image.SetSpacing(grid.steps[::-1].tolist())
    image.SetOrigin(grid.affine[:3, 3].tolist())
    return image


def test_a_turned_grid_takes_the_nearest_label_as_itk_does():
    turned = rotated(SCAN, 17.3)
    found = lay(drawing_of(labels(), turned, 1, 2, 3), SCAN, FILE)
    resampled = sitk.Resample(itk(labels(), turned), itk(labels(), SCAN), sitk.Transform(), 1, 0.0)
    different = np.count_nonzero(found[0].voxels != sitk.GetArrayFromImage(resampled))
    assert different == 0


def test_opacities_are_interpolated_linearly_as_itk_does():
    turned = rotated(SCAN, 9.1)
    soft = np.zeros(SHAPE, np.uint8)
    soft[1:5, 5:15, 5:19] = np.random.default_rng(1).integers(1, 256, (4, 10, 14))
    annotation = laid(drawing_of(soft, turned))
    image = sitk.Cast(itk(soft, turned), sitk.sitkFloat32)
    resampled = sitk.Resample(image, itk(labels(), SCAN), sitk.Transform(), sitk.sitkLinear, 0.0)
    expected = sitk.GetArrayFromImage(resampled)
    assert np.abs(annotation.voxels.astype(float) - expected).max() <= 0.51
    assert "linearly" in annotation.verdict.message


def test_a_drawing_beside_the_scan_is_refused_with_both_places():
    with pytest.raises(NoOverlap, match=r"L 490\.0 to .* the scan L -10\.0 to"):
        lay(drawing_of(box(), moved(SCAN, (500, 0, 0)), 1), SCAN, FILE)


def test_an_empty_drawing_upon_the_scan_is_no_mistake():
    annotation = laid(drawing_of(np.zeros(SHAPE, np.uint8), moved(SCAN, (3.0, 0, 0)), 1))
    assert annotation.voxel_count == 0


def test_an_empty_drawing_beside_the_scan_is_refused_all_the_same():
    with pytest.raises(NoOverlap):
        lay(drawing_of(np.zeros(SHAPE, np.uint8), moved(SCAN, (0, 900, 0)), 1), SCAN, FILE)


def test_without_a_place_in_the_world_shapes_decide():
    picture = Grid.plain((1, 20, 24))
    annotation = laid(drawing_of(box((1, 20, 24)), picture, 1), Grid.plain((1, 20, 24)))
    assert annotation.verdict.fit is Fit.IDENTICAL
    with pytest.raises(OtherShape, match="24 x 20 x 5 voxels for a scan of 24 x 20 x 6"):
        lay(drawing_of(box((5, 20, 24)), Grid.plain((5, 20, 24)), 1), SCAN, FILE)


def test_a_drawing_without_a_place_is_taken_voxel_for_voxel_and_says_so():
    annotation = laid(drawing_of(box(), Grid.plain(SHAPE), 1))
    assert annotation.verdict.fit is Fit.INDEX_FOR_INDEX
    np.testing.assert_array_equal(annotation.voxels, box())


def test_other_steps_without_a_place_are_refused():
    loose = grid_of(SHAPE, spacing=(3.0, 1.0, 0.7))
    placeless = Grid(SHAPE, loose.affine, oriented=False)
    with pytest.raises(OtherShape, match=r"0\.7 mm"):
        lay(drawing_of(box(), placeless, 1), SCAN, FILE)


def test_a_tilted_scan_keeps_its_shear():
    tilted = SCAN.affine.copy()
    tilted[1, 0] = 0.8
    grid = Grid(SHAPE, tilted)
    annotation = laid(drawing_of(labels(), Grid(SHAPE, tilted), 2), grid)
    np.testing.assert_array_equal(annotation.voxels, labels())
