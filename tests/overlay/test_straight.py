import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from medmask.overlay import Painted, blend_straight

SHAPE = (1, 2, 3)


def painted(kind, with_alpha=True):
    values = hnp.from_dtype(np.dtype(kind))
    colours = hnp.arrays(kind, (*SHAPE, 3), elements=values)
    alpha = hnp.arrays(kind, SHAPE, elements=values) if with_alpha else st.none()
    return st.builds(Painted, colours, alpha)


weights = hnp.arrays(np.float32, SHAPE, elements=st.floats(0, 1, width=32))
kinds = st.sampled_from([np.uint8, np.uint16])


@given(kinds.flatmap(lambda kind: st.tuples(painted(kind), painted(kind))))
def test_at_0_and_1_each_picture_is_kept_to_the_last_hidden_colour(pair):
    first, second = pair
    for weight, kept in ((1, first), (0, second)):
        mixed = blend_straight(first, second, np.full(SHAPE, weight, np.float32))
        np.testing.assert_array_equal(mixed.colours, kept.colours)
        np.testing.assert_array_equal(mixed.alpha, kept.alpha)


@given(kinds.flatmap(painted), weights)
def test_a_picture_blended_with_itself_stays_as_it_is(picture, mask):
    mixed = blend_straight(picture, picture, mask)
    np.testing.assert_array_equal(mixed.colours, picture.colours)
    np.testing.assert_array_equal(mixed.alpha, picture.alpha)


@given(painted(np.uint8), painted(np.uint8), weights)
def test_colours_weigh_as_much_as_they_are_seen(first, second, mask):
    mixed = blend_straight(first, second, mask)
    one, two = (p.alpha[..., None].astype(float) for p in (first, second))
    m = mask.astype(float)[..., None]
    alpha = m * one + (1 - m) * two
    seen = (m * one * first.colours + (1 - m) * two * second.colours)[alpha[..., 0] > 1e-6]
    expected = seen / alpha[alpha[..., 0] > 1e-6]
    np.testing.assert_allclose(mixed.colours[alpha[..., 0] > 1e-6], expected, atol=0.51)
    np.testing.assert_allclose(mixed.alpha, alpha[..., 0], atol=0.51)


def test_a_thin_colour_over_an_opaque_one_keeps_the_picture_opaque():
    red = Painted(np.full((1, 1, 1, 3), (255, 0, 0), np.uint8))
    grey = Painted(np.full((1, 1, 1, 3), 100, np.uint8))
    mixed = blend_straight(red, grey, np.full((1, 1, 1), 0.4, np.float32))
    assert mixed.alpha is None
    assert mixed.colours.ravel().tolist() == [162, 60, 60]


def test_an_unseen_colour_does_not_bleed_into_a_seen_one():
    unseen = Painted(np.full((1, 1, 1, 3), 255, np.uint8), np.zeros((1, 1, 1), np.uint8))
    grey = Painted(np.full((1, 1, 1, 3), 100, np.uint8))
    mixed = blend_straight(unseen, grey, np.full((1, 1, 1), 0.5, np.float32))
    assert mixed.colours.ravel().tolist() == [100, 100, 100]
    assert mixed.alpha.item() == pytest.approx(127.5, abs=0.5)
