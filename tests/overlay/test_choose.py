import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medmask.grid import Grid
from medmask.labels import LabelMap
from medmask.overlay.choose import choose_both, choose_slices, content_along, marked_along
from medmask.overlay.planes import Axis, Plane
from tests.overlay.phantoms import annotation_of

PLANE = Plane("slice", Axis(0), Axis(1), Axis(2))
FLIPPED = Plane("slice", Axis(0, flipped=True), Axis(1), Axis(2))
NONE = np.zeros(100, np.int64)


def amounts(start, stop, extent=100):
    counts = np.zeros(extent, np.int64)
    counts[start:stop] = 1
    return counts


def test_slices_are_the_quantiles_of_bone():
    assert choose_slices((amounts(50, 100), amounts(0, 100)), PLANE, 4) == [59, 69, 79, 89]


def test_without_bone_soft_tissue_decides():
    assert choose_slices((NONE, amounts(0, 10)), PLANE, 4) == [1, 3, 5, 7]


def test_without_anything_slices_are_spread_evenly():
    assert choose_slices((NONE, NONE), PLANE, 4) == [19, 39, 59, 79]


def test_content_in_one_slice_is_shown_and_others_fill_up():
    chosen = choose_slices((amounts(30, 31), amounts(0, 100)), PLANE, 4)
    assert chosen == [19, 30, 39, 59]


def test_a_flipped_normal_is_walked_from_the_other_end():
    assert choose_slices((amounts(0, 50), NONE), FLIPPED, 4) == [40, 30, 20, 10]


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=12),
    st.integers(1, 6),
    st.sampled_from((PLANE, FLIPPED)),
)
def test_no_slice_is_shown_twice_and_as_many_as_there_are(counts, wanted, plane):
    bone = np.array(counts, np.int64)
    chosen = choose_slices((bone, np.zeros_like(bone)), plane, wanted)
    assert len(set(chosen)) == len(chosen) == min(wanted, bone.size)
    assert all(0 <= at < bone.size for at in chosen)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_content_is_counted_along_every_axis(axis):
    voxels = np.random.default_rng(1).integers(0, 3, (4, 5, 6)).astype(np.uint8)
    bone, soft = content_along(LabelMap(voxels, Grid.plain(voxels.shape)))[axis]
    others = tuple({0, 1, 2} - {axis})
    np.testing.assert_array_equal(bone, (voxels == 2).sum(axis=others))
    np.testing.assert_array_equal(soft, (voxels == 1).sum(axis=others))


def test_half_of_the_slices_run_through_what_somebody_marked():
    content = (np.full(40, 5, np.int64),)
    marked = np.zeros(40, np.int64)
    marked[30:33] = 9
    plane = Plane("slice", Axis(0), Axis(1), Axis(2))
    chosen = choose_both(content, marked, plane, 4)
    assert chosen == sorted(chosen)
    assert len(chosen) == 4
    assert sum(30 <= at < 33 for at in chosen) == 2


def test_without_marks_slices_are_chosen_as_ever():
    content = (np.arange(40, dtype=np.int64),)
    plane = Plane("slice", Axis(0, flipped=True), Axis(1), Axis(2))
    nothing = np.zeros(40, np.int64)
    assert choose_both(content, nothing, plane, 4) == choose_slices(content, plane, 4)


def test_marks_are_counted_along_every_axis_once_a_sheet():
    sheet = np.zeros((2, 3, 4), np.uint8)
    sheet[1, 2, 1:3] = (1, 2)
    marks = [annotation_of(sheet, 1), annotation_of(sheet, 2)]
    slices, rows, columns = marked_along(marks, sheet.shape)
    assert slices.tolist() == [0, 2]
    assert rows.tolist() == [0, 0, 2]
    assert columns.tolist() == [0, 1, 1, 0]
