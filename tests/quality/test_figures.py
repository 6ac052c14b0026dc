import numpy as np
import pytest

from medmask.grid import Grid
from medmask.labels import LabelMap
from medmask.quality import Change, Changes, Parts, measure
from medmask.rescale import Rescale
from medmask.volume import PaddingRange, Volume
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


@pytest.mark.parametrize("kind", [np.int16, np.uint8, np.int32, np.float32])
@pytest.mark.parametrize("slope", [0.5, -2.0])
def test_percentiles_are_those_of_the_sorted_values(kind, slope):
    voxels = np.random.default_rng(1).integers(0, 200, (5, 60, 70)).astype(kind)
    volume = volume_of(voxels, rescale=Rescale(slope, 10.0))
    labels = LabelMap.of(np.ones(voxels.shape, bool), voxels > 40, volume.grid)
    found = measure(volume, labels).bone.native_percentiles
    native = np.sort(voxels[voxels > 40].astype(float) * slope + 10.0)
    for percent in (5, 25, 50, 75, 95):
        wanted = np.percentile(native, percent, method="inverted_cdf")
        assert getattr(found, f"p{percent}") == pytest.approx(wanted, abs=abs(slope) * 200 / 65536)


def test_integers_of_a_wide_range_share_bins():
    voxels = np.array([[[0, 10_000_000, 20_000_000, 30_000_000]]], np.int32)
    volume = volume_of(voxels)
    mask = np.ones(voxels.shape, bool)
    found = measure(volume, LabelMap.of(mask, ~mask, volume.grid)).soft_tissue.native_percentiles
    assert found.p50 == pytest.approx(10_000_000, abs=30_000_000 / 65536)
    assert measure(volume, LabelMap.of(mask, ~mask, volume.grid)).bone.native_percentiles is None


def test_the_box_about_the_bone_has_its_corners_and_its_size():
    box = measure(volume_of(ct_boxes()), boxes()).bone.box
    assert (box.first, box.last) == ((4, 15, 18), (7, 24, 29))
    assert box.size_mm == pytest.approx((4 * 2.5, 10 * 0.8, 12 * 0.7))


def test_an_empty_mask_has_no_box_and_a_picture_no_millimetres():
    grid = Grid.plain((1, 4, 5))
    volume = volume_of(np.zeros((1, 4, 5), np.uint8), "XR", grid=grid)
    mask = np.zeros((1, 4, 5), bool)
    mask[0, 2, 1:4] = True
    figures = measure(volume, LabelMap.of(mask, np.zeros_like(mask), grid))
    assert figures.bone.box is None
    assert figures.soft_tissue.box.size_mm == (None, None, None)


def test_what_was_counted_elsewhere_is_kept():
    changes = Changes((Change("threshold", 7, None),))
    figures = measure(volume_of(ct_boxes()), boxes(), changes, Parts(3, 2))
    assert (figures.soft_tissue.parts, figures.bone.parts) == (3, 2)
    assert figures.changes == changes


@pytest.mark.parametrize("kind", [np.int16, np.uint8, np.int32, np.float32])
def test_mean_and_deviation_do_not_depend_on_how_values_are_stored(kind):
    voxels = np.array([[[0, 3, 100, 101, 117, 90]]], kind)
    volume = Volume(voxels, Grid.plain(voxels.shape), "OT", Rescale(-0.5, 7.0))
    labels = LabelMap(np.array([[[0, 0, 2, 2, 2, 2]]], np.uint8), volume.grid)
    bone = measure(volume, labels).bone
    native = np.array([-43.0, -43.5, -51.5, -38.0])
    assert bone.native_mean == pytest.approx(native.mean())
    assert bone.native_sd == pytest.approx(native.std())
