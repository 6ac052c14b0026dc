import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from medmask.morphology import PackedMask
from medmask.morphology.window import Window
from tests.morphology.grids import masks, small_masks


def about(mask, margins):
    return Window.about(PackedMask.of(mask), margins)


def test_the_box_holds_the_mask_and_its_margin_in_whole_words():
    mask = np.zeros((10, 20, 200), np.bool_)
    mask[4, 7:9, 130] = True
    window = about(mask, (1, 2, 3))
    assert (window.slices, window.rows) == (slice(3, 6), slice(5, 11))
    assert window.columns == slice(64, 192)
    assert window.beyond == ((0, 0), (0, 0), (0, 0))


def test_what_the_margin_reaches_beyond_the_array_is_counted():
    mask = np.zeros((3, 3, 3), np.bool_)
    mask[0, 1, 2] = True
    window = about(mask, (2, 1, 1))
    assert (window.slices, window.rows, window.columns) == (slice(0, 3), slice(0, 3), slice(0, 3))
    assert window.beyond == ((2, 0), (0, 0), (0, 1))
    part = window.cut(PackedMask.of(mask), repeat_edge=True).unpacked()
    assert part.shape == (5, 3, 4)
    assert np.argwhere(part).tolist() == [[k, 1, i] for k in range(3) for i in (2, 3)]


@given(masks(columns=140), st.tuples(*[st.integers(0, 3)] * 3))
def test_beyond_the_array_the_voxels_at_its_edge_go_on(mask, margins):
    window = about(mask, margins)
    if window is not None:
        part = window.cut(PackedMask.of(mask), repeat_edge=True).unpacked()
        before = -(-window.beyond[2][0] // 64) * 64  # columns are added in whole words
        ends = (*window.beyond[:2], (before, window.beyond[2][1]))
        expected = np.pad(mask[window.slices, window.rows, window.columns], ends, mode="edge")
        assert np.array_equal(part, expected)


def test_an_empty_mask_has_no_box():
    assert about(np.zeros((2, 2, 2), np.bool_), (1, 1, 1)) is None


@given(st.one_of(small_masks(), masks()), st.tuples(*[st.integers(0, 3)] * 3), st.booleans())
def test_what_was_cut_can_be_put_back(mask, margins, repeat_edge):
    window = about(mask, margins)
    if window is not None:
        part = window.cut(PackedMask.of(mask), repeat_edge=repeat_edge)
        whole = window.put_back(part, mask.shape, repeat_edge=repeat_edge)
        assert np.array_equal(whole.unpacked(), mask)
