import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from medmask.morphology.window import Window
from tests.morphology.grids import small_masks


def test_the_box_holds_the_mask_and_its_margin():
    mask = np.zeros((10, 20, 30), np.bool_)
    mask[4, 7:9, 11] = True
    window = Window.about(mask, (1, 2, 3))
    assert window.box == (slice(3, 6), slice(5, 11), slice(8, 15))
    assert window.beyond == ((0, 0), (0, 0), (0, 0))


def test_what_the_margin_reaches_beyond_the_array_is_counted():
    mask = np.zeros((3, 3, 3), np.bool_)
    mask[0, 1, 2] = True
    window = Window.about(mask, (2, 1, 1))
    assert window.box == (slice(0, 3), slice(0, 3), slice(1, 3))
    assert window.beyond == ((2, 0), (0, 0), (0, 1))
    part = window.cut(mask, repeat_edge=True)
    assert part.shape == (5, 3, 3)
    assert np.argwhere(part).tolist() == [[k, 1, i] for k in range(3) for i in (1, 2)]


def test_an_empty_mask_has_no_box():
    assert Window.about(np.zeros((2, 2, 2), np.bool_), (1, 1, 1)) is None


@given(small_masks(), st.tuples(*[st.integers(0, 3)] * 3), st.booleans())
def test_what_was_cut_can_be_put_back(mask, margins, repeat_edge):
    window = Window.about(mask, margins)
    if window is not None:
        part = window.cut(mask, repeat_edge=repeat_edge)
        assert np.array_equal(window.put_back(part, mask.shape, repeat_edge=repeat_edge), mask)
