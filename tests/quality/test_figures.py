import numpy as np
import pytest

from medmask.grid import Grid
from medmask.labels import LabelMap
from medmask.quality import measure
from medmask.rescale import Rescale
from medmask.volume import PaddingRange
from tests.phantoms import BOX_BODY, BOX_BONE, ct_boxes, grid_of, volume_of


def boxes():
    voxels = ct_boxes()
    return LabelMap.of(voxels > -190, voxels > 226, grid_of(voxels.shape))


def test_the_boxes_have_their_counted_figures():
    figures = measure(volume_of(ct_boxes()), boxes())
    assert figures.bone.voxels == BOX_BONE
    assert figures.soft_tissue.voxels == BOX_BODY - BOX_BONE
    assert figures.bone.volume_ml == pytest.approx(BOX_BONE * 2.5 * 0.8 * 0.7 / 1000)
    assert figures.bone.share_of_body == BOX_BONE / BOX_BODY
    assert (figures.bone.native_mean, figures.bone.native_sd) == (700, 0)
    assert figures.bone.slices == 4


def test_mean_and_deviation_are_numpys_over_native_values():
    voxels = np.random.default_rng(0).integers(0, 2000, (5, 6, 7)).astype(np.int16)
    volume = volume_of(voxels, rescale=Rescale(0.5, -1024.0))
    labels = LabelMap.of(np.ones(voxels.shape, bool), voxels > 900, volume.grid)
    native = voxels[voxels > 900] * 0.5 - 1024
    bone = measure(volume, labels).bone
    assert bone.native_mean == pytest.approx(native.mean())
    assert bone.native_sd == pytest.approx(native.std())


def test_padding_counts_as_mask_but_not_in_the_mean():
    voxels = np.array([[[-3000, 100, 200]]], np.int16)
    volume = volume_of(voxels, padding=(PaddingRange(-3000, -3000),))
    labels = LabelMap.of(np.ones(voxels.shape, bool), np.zeros(voxels.shape, bool), volume.grid)
    soft = measure(volume, labels).soft_tissue
    assert (soft.voxels, soft.native_mean) == (3, 150)


def test_an_empty_mask_has_no_mean_and_no_share():
    volume = volume_of(ct_boxes())
    empty = np.zeros(volume.voxels.shape, bool)
    figures = measure(volume, LabelMap.of(empty, empty, volume.grid))
    assert (figures.bone.voxels, figures.bone.volume_ml) == (0, 0)
    assert figures.bone.native_mean is None
    assert figures.bone.share_of_body is None


def test_faces_touched_are_named():
    volume = volume_of(np.zeros((3, 4, 5), np.int16))
    mask = np.zeros((3, 4, 5), bool)
    mask[0, 1, 4] = mask[1, 3, 2] = True
    labels = LabelMap.of(mask, np.zeros_like(mask), volume.grid)
    assert measure(volume, labels).soft_tissue.border == ("first_slice", "last_row", "last_column")


def test_a_flat_scan_has_no_first_and_last_slice():
    grid = Grid.plain((1, 4, 5))
    volume = volume_of(np.zeros((1, 4, 5), np.uint8), "XR", grid=grid)
    mask = np.zeros((1, 4, 5), bool)
    mask[0, 2, 2] = True
    figures = measure(volume, LabelMap.of(mask, np.zeros_like(mask), grid))
    assert figures.soft_tissue.border == ()
    assert figures.soft_tissue.volume_ml is None
