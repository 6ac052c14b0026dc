import dataclasses

import numpy as np
import pytest

from medmask.errors import NoSpacing, NotHounsfield
from medmask.grid import Grid
from medmask.labels import Label
from medmask.pipeline import segment
from medmask.recipe import load, loads
from medmask.thresholds import STRATEGIES
from medmask.volume import Display, Volume
from tests.phantoms import BOX_BODY, BOX_BONE, ct_boxes, grid_of, volume_of

PLAIN = loads("", "plain.yaml")


def counts(result):
    return result.labels.count(Label.SOFT_TISSUE), result.labels.count(Label.BONE)


def film(pixels, **fields):
    grid = Grid.plain((1, *np.shape(pixels)))
    return volume_of(
        np.array([pixels], np.uint8), fields.pop("modality", "XR"), grid=grid, **fields
    )


def test_ct_boxes_are_told_apart_by_the_levels_32_and_64():
    result = segment(volume_of(ct_boxes()), PLAIN)
    assert counts(result) == (BOX_BODY - BOX_BONE, BOX_BONE)
    assert (result.soft_tissue.threshold.native, result.bone.threshold.native) == (-190, 226)


def test_foreground_is_strictly_above():
    voxels = np.array([[[-1000, -190, -189, 226, 227]]], np.int16)
    assert segment(volume_of(voxels), PLAIN).labels.voxels.tolist() == [[[0, 0, 1, 1, 2]]]


def test_on_a_film_32_and_64_are_grey_values():
    result = segment(film([[0, 32, 33, 64, 65, 255]], display=Display(0, 255)), PLAIN)
    assert result.labels.voxels.tolist() == [[[0, 0, 1, 1, 2, 2]]]
    assert result.scale.kind == "identity"


def test_an_inverted_film_gives_the_masks_of_its_positive():
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30))
    positive = segment(film(pixels, display=Display(0, 255)), PLAIN)
    negative = segment(film(255 - pixels, display=Display(0, 255, inverted=True)), PLAIN)
    assert (positive.labels.voxels == negative.labels.voxels).all()
    assert negative.scale.inverted


def test_mr_has_no_bone_unless_the_recipe_insists():
    voxels = np.random.default_rng(0).integers(0, 500, (4, 10, 10)).astype(np.uint16)
    assert segment(volume_of(voxels, "MR"), PLAIN).bone is None
    insisting = loads("thresholds: {bone: {strategy: fixed, level: 64}}", "a.yaml")
    assert counts(segment(volume_of(voxels, "MR"), insisting))[1] > 0


def test_bone_outside_the_body_is_left_out_where_the_recipe_says_so():
    voxels = ct_boxes()
    voxels[2:10, 37:39, 6:42] = 900  # a table, apart from the body
    steps = "[{step: keep_largest}]"
    recipe = loads(f"masks: {{body: {steps}, bone: [{{within: body}}]}}", "a.yaml")
    assert counts(segment(volume_of(voxels), recipe)) == (BOX_BODY - BOX_BONE, BOX_BONE)


def test_the_ct_preset_drops_bone_under_1000_mm3_and_keeps_the_body():
    soft, bone = counts(segment(volume_of(ct_boxes()), load("ct")))
    assert bone == 0, "480 voxels of 1.4 mm3 are 672 mm3"
    assert soft == BOX_BODY


def test_a_failing_strategy_falls_back_with_a_warning():
    recipe = loads(
        "thresholds: {soft_tissue: {strategy: otsu, fallback: {native: -300}}}", "a.yaml"
    )
    flat = volume_of(np.full((2, 3, 4), -1000, np.int16))
    result = segment(flat, recipe)
    assert result.soft_tissue.fallback.startswith("otsu found no threshold")
    assert result.soft_tissue.threshold.native == -300
    assert "threshold_fallback" in [warning.code for warning in result.warnings]


def test_every_strategy_is_a_candidate():
    result = segment(volume_of(ct_boxes()), PLAIN)
    assert [c.strategy for c in result.soft_tissue.candidates] == list(STRATEGIES)
    assert result.soft_tissue.candidates[0].level == 32


def test_a_threshold_in_the_midst_of_a_tissue_is_flagged():
    calm = segment(volume_of(ct_boxes()), PLAIN)
    assert "unstable_threshold" not in [flag.code for flag in calm.flags]
    noisy = ct_boxes() + np.random.default_rng(0).normal(0, 10, ct_boxes().shape).astype(np.int16)
    recipe = loads("thresholds: {bone: {strategy: fixed, native: 40}}", "a.yaml")
    flags = [f for f in segment(volume_of(noisy), recipe).flags if f.code == "unstable_threshold"]
    assert [flag.message.split(",")[0] for flag in flags] == ["the bone threshold"]


def marrow():
    """HU: bone of which but one wall is dense, and some more of its inside elsewhere."""
    voxels = ct_boxes()
    voxels[4:8, 15:25, 18:30] = 180
    voxels[4:8, 15:25, 18] = 700
    voxels[4:8, 28:32, 36:40] = 180
    return voxels


GROWING = "thresholds: {bone: {strategy: fixed, native: 226, hysteresis: {low_native: 130}}}"


def test_bone_grows_into_what_is_connected_to_it_above_the_lower_threshold():
    result = segment(volume_of(marrow()), loads(GROWING, "a.yaml"))
    assert counts(result) == (BOX_BODY - BOX_BONE, BOX_BONE)
    growth = result.bone.growth
    assert (result.bone.above, growth.taken, growth.above_low) == (40, BOX_BONE, BOX_BONE + 64)
    assert growth.low.native == 130


def test_on_an_inverted_film_a_mask_grows_all_the_same():
    pixels = [[0, 50, 200, 50, 0, 50]]
    recipe = "thresholds: {bone: {strategy: fixed, level: 64, hysteresis: {low_level: 40}}}"
    positive = segment(film(pixels, display=Display(0, 255)), loads(recipe, "a.yaml"))
    film_of = film(255 - np.array(pixels), display=Display(0, 255, inverted=True))
    negative = segment(film_of, loads(recipe, "a.yaml"))
    assert positive.labels.voxels.tolist() == [[[0, 2, 2, 2, 0, 1]]]
    assert (negative.labels.voxels == positive.labels.voxels).all()


def test_a_lower_threshold_that_is_not_lower_is_a_warning_and_nothing_grows():
    recipe = loads(GROWING.replace("130", "300"), "a.yaml")
    result = segment(volume_of(marrow()), recipe)
    assert "hysteresis_does_nothing" in [warning.code for warning in result.warnings]
    assert counts(result)[1] == 40


def test_a_mask_that_floods_its_neighbours_is_flagged():
    result = segment(volume_of(marrow()), loads(GROWING, "a.yaml"))
    assert "hysteresis_floods" in [flag.code for flag in result.flags]
    calm = segment(volume_of(ct_boxes()), loads(GROWING, "a.yaml"))
    assert "hysteresis_floods" not in [flag.code for flag in calm.flags]


def test_a_native_threshold_on_arbitrary_units_is_a_warning():
    recipe = loads("thresholds: {soft_tissue: {strategy: fixed, native: 100}}", "a.yaml")
    voxels = np.arange(400, dtype=np.int16).reshape(4, 10, 10)
    codes = [w.code for w in segment(volume_of(voxels, "MR"), recipe).warnings]
    assert "native_threshold_on_arbitrary_units" in codes
    growing = loads(GROWING.replace("native: 226", "level: 64"), "a.yaml")
    codes = [w.code for w in segment(volume_of(voxels, "MR"), growing).warnings]
    assert "native_threshold_on_arbitrary_units" in codes
    codes = [w.code for w in segment(volume_of(voxels - 1000, "CT"), recipe).warnings]
    assert "native_threshold_on_arbitrary_units" not in codes


def test_thresholds_the_wrong_way_round_are_a_warning():
    soft, bone = "{strategy: fixed, level: 64}", "{strategy: fixed, level: 32}"
    recipe = loads(f"thresholds: {{soft_tissue: {soft}, bone: {bone}}}", "a.yaml")
    result = segment(volume_of(ct_boxes()), recipe)
    assert "thresholds_crossed" in [warning.code for warning in result.warnings]


@pytest.mark.parametrize("offset", [1000, 1024])
def test_a_ct_without_its_offset_is_refused(offset):
    with pytest.raises(NotHounsfield, match="none below 0 HU"):
        segment(volume_of((ct_boxes() + offset).astype(np.int16)), PLAIN)


def test_a_ct_beyond_all_metal_is_refused():
    voxels = ct_boxes().astype(np.int32)
    voxels[0, 0, 0] = 64536
    with pytest.raises(NotHounsfield, match="64536"):
        segment(volume_of(voxels), PLAIN)


def test_a_stated_line_is_taken_where_the_automatic_one_refuses():
    recipe = loads("scale: {kind: linear, native_at_32: 834, native_at_64: 1250}", "a.yaml")
    result = segment(volume_of((ct_boxes() + 1024).astype(np.int16)), recipe)
    assert counts(result) == (BOX_BODY - BOX_BONE, BOX_BONE)


def test_millimetres_on_a_scan_without_them_are_refused():
    recipe = loads("masks: {body: [{step: close, radius_mm: 2}]}", "a.yaml")
    with pytest.raises(NoSpacing, match="close"):
        segment(film([[0, 100], [0, 0]], display=Display(0, 255)), recipe)


def test_the_volume_is_not_changed():
    voxels = ct_boxes()
    segment(volume_of(voxels), load("ct"))
    assert (voxels == ct_boxes()).all()


def test_a_result_cannot_be_changed_by_accident():
    result = segment(volume_of(ct_boxes()), PLAIN)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.scale = None


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0)])
@pytest.mark.parametrize("flips", [(1, 1, 1), (-1, 1, -1)])
def test_the_same_scan_in_another_axis_order_has_the_same_labels(order, flips):
    voxels = np.kron(ct_boxes(), np.ones((1, 1, 2), np.int16))  # bone above 1000 mm3
    voxels[5, 18:22, 40:44] = -1000  # a hole, closed within its slice
    grid = grid_of(voxels.shape)
    mirrored = voxels[tuple(slice(None, None, flip) for flip in flips)].transpose(order)
    steps = grid.affine[:3, :3] * flips
    corner = grid.world([(n - 1) * (flip < 0) for n, flip in zip(voxels.shape, flips, strict=True)])
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = steps[:, list(order)], corner
    twin = Volume(np.ascontiguousarray(mirrored), Grid(mirrored.shape, affine), "CT", unit="HU")
    wanted = segment(volume_of(voxels), load("ct")).labels
    found = segment(twin, load("ct")).labels
    assert wanted.count(Label.BONE) > 0
    back = found.voxels.transpose(np.argsort(order))
    assert (back[tuple(slice(None, None, flip) for flip in flips)] == wanted.voxels).all()


def test_a_soft_edge_without_millimetres_is_told_to_be_in_pixels():
    soft = loads("overlay: {layers: [{show: bone, feather_mm: 2}]}", "soft.yaml")
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    told = [w for w in segment(film(levels), soft).warnings if w.code == "feather_in_pixels"]
    assert len(told) == 1
    assert "feather_mm 2 was drawn as that many pixels" in told[0].message
    assert "feather_in_pixels" not in {
        w.code for w in segment(volume_of(ct_boxes()), soft).warnings
    }
