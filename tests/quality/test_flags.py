import numpy as np
import pytest

from medmask.labels import LabelMap
from medmask.quality import (
    Change,
    bone_in_noise,
    doubts,
    flooded,
    measure,
    mostly_removed,
    unstable_threshold,
)
from tests.phantoms import ct_boxes, volume_of


def flags_of(body, bone, *, bone_wanted=True):
    volume = volume_of(ct_boxes())
    labels = LabelMap.of(body(volume.voxels), bone(volume.voxels), volume.grid)
    found = doubts(measure(volume, labels), volume.grid, bone_wanted=bone_wanted)
    return [flag.code for flag in found]


@pytest.mark.parametrize(
    ("body", "bone", "wanted"),
    [
        (lambda v: v > -190, lambda v: v > 226, []),
        (lambda v: v > 9999, lambda v: v > 9999, ["empty_mask"]),
        (lambda v: v > -190, lambda v: v > 9999, ["no_bone"]),
        (lambda v: v > -2000, lambda v: v > 226, ["mask_fills_image"]),
    ],
)
def test_each_doubt_has_its_flag(body, bone, wanted):
    assert flags_of(body, bone) == wanted


def test_no_bone_is_no_doubt_where_none_was_looked_for():
    assert flags_of(lambda v: v > -190, lambda v: np.zeros(v.shape, bool), bone_wanted=False) == []


@pytest.mark.parametrize("change", [None, 0.0, 0.25, 1 / 3])
def test_a_mask_that_changes_by_a_third_at_most_is_no_doubt(change):
    assert unstable_threshold("bone", 64.0, 2.0, change) == ()


def test_a_threshold_on_a_slope_is_a_doubt():
    (flag,) = unstable_threshold("bone", 64.0, 2.0, 0.412)
    assert flag.code == "unstable_threshold"
    assert flag.message == (
        "the bone threshold, level 64, is on a slope: 2 levels up or down change the mask by 41 %"
    )


def test_growing_by_twice_a_masks_voxels_is_no_doubt_and_by_more_is():
    assert flooded("bone", 54.0, 100, 300) == ()
    assert flooded("bone", 54.0, 0, 0) == ()
    (flag,) = flooded("bone", 54.0, 100, 310)
    assert flag.code == "hysteresis_floods"
    assert flag.message == (
        "growing down to level 54 makes the bone mask 3.1 times as large: 310 voxels instead of 100"
    )


def test_bone_that_ends_where_the_image_does_is_a_doubt():
    volume = volume_of(ct_boxes())
    body = volume.voxels > -190
    bone = np.zeros_like(body)
    bone[0, 20, 20] = bone[5, 0, 20] = bone[5, 20, -1] = True
    labels = LabelMap.of(body | bone, bone, volume.grid)
    (flag,) = doubts(measure(volume, labels), volume.grid, bone_wanted=True)
    assert flag.code == "touches_border"
    assert flag.message == "bone reaches the first row and last column: some of it may lie outside"


def test_the_first_and_last_slice_always_cut_bone():
    volume = volume_of(ct_boxes())
    body = volume.voxels > -190
    bone = np.zeros_like(body)
    bone[:, 20, 20] = True
    labels = LabelMap.of(body | bone, bone, volume.grid)
    assert doubts(measure(volume, labels), volume.grid, bone_wanted=True) == ()


def test_a_step_that_takes_half_of_the_body_away_is_a_doubt():
    steps = [("threshold", 1000), ("close", 1100), ("patient", 540), ("open", 500)]
    changes = [Change(step, voxels, None) for step, voxels in steps]
    (flag,) = mostly_removed(changes)
    assert flag.code == "mostly_removed"
    assert flag.message == "the step patient removes 51 % of the body's mask"
    assert mostly_removed(changes[:2]) == mostly_removed(changes[3:]) == mostly_removed([]) == ()


@pytest.mark.parametrize(("noise", "is_doubted"), [(55.0, False), (56.0, True)])
def test_bone_is_doubted_where_noise_lifts_muscle_above_its_threshold(noise, is_doubted):
    # 226 - 60 HU are 3 standard deviations of 55.3 HU.
    flags = bone_in_noise(226.0, noise)
    assert [flag.code for flag in flags] == ["bone_in_noise"] * is_doubted
    assert (
        not is_doubted
        or "noise of 56 HU or more lifts muscle above the bone threshold of 226 HU"
        in (flags[0].message)
    )
