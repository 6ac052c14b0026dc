import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from medmask.overlay import blend

INTEGERS = (np.uint8, np.int8, np.uint16, np.int16, np.int32, np.uint32)
TYPES = (*INTEGERS, np.float32, np.float64)
WEIGHTS = st.floats(0, 1, width=32)


@st.composite
def pairs_and_masks(draw, weights=WEIGHTS):
    kind = np.dtype(draw(st.sampled_from(TYPES)))
    spatial = draw(hnp.array_shapes(min_dims=2, max_dims=3, max_side=5))
    channels = draw(st.sampled_from(((), (1,), (3,), (4,))))
    limits = {"allow_nan": False, "allow_infinity": False} if kind.kind == "f" else {}
    values = hnp.from_dtype(kind, **limits)
    first, second = (draw(hnp.arrays(kind, spatial + channels, elements=values)) for _ in "ab")
    return first, second, draw(hnp.arrays(np.float32, spatial, elements=weights))


@given(pairs_and_masks())
def test_a_mixture_keeps_shape_and_type_and_lies_between_the_two(case):
    first, second, mask = case
    mixed = blend(first, second, mask)
    assert mixed.dtype == first.dtype
    assert mixed.shape == first.shape
    assert (mixed >= np.minimum(first, second)).all()
    assert (mixed <= np.maximum(first, second)).all()


@given(pairs_and_masks(weights=st.sampled_from((0.0, 1.0))))
def test_weights_of_0_and_1_choose_exactly(case):
    first, second, mask = case
    chosen = mask.astype(bool)[(...,) + (None,) * (first.ndim - mask.ndim)]
    np.testing.assert_array_equal(blend(first, second, mask), np.where(chosen, first, second))


@given(pairs_and_masks(weights=st.sampled_from((0.0, 1.0))))
def test_a_bool_mask_is_weights_of_0_and_1(case):
    first, second, mask = case
    np.testing.assert_array_equal(
        blend(first, second, mask.astype(bool)), blend(first, second, mask)
    )


@given(pairs_and_masks())
def test_an_image_blended_with_itself_stays_as_it_is(case):
    first, _, mask = case
    np.testing.assert_array_equal(blend(first, first.copy(), mask), first)


@given(
    *[hnp.arrays(np.uint8, (3, 4)) for _ in "ab"],
    hnp.arrays(np.uint8, (3, 4)).map(lambda weight: weight / np.float64(256)),
)
def test_integers_are_the_exact_mixture_rounded_half_to_even(first, second, mask):
    # weights of 1/256 make every product exact in binary, so np.rint sees the true value
    exact = mask * first.astype(np.float64) + (1 - mask) * second
    np.testing.assert_array_equal(blend(first, second, mask), np.rint(exact).astype(np.uint8))


def test_halves_go_to_the_even_number():
    first, second = np.array([[1, 2]], np.uint8), np.array([[2, 3]], np.uint8)
    assert blend(first, second, np.full((1, 2), 0.5)).tolist() == [[2, 2]]


def test_extremes_of_16_bits_do_not_overflow():
    first, second = np.full((1, 1), -32768, np.int16), np.full((1, 1), 32767, np.int16)
    assert blend(first, second, np.full((1, 1), 0.5)).item() == 0  # -0.5 is a half: to even


def test_what_a_mask_hides_may_be_nan_or_infinite():
    first = np.array([[np.nan, np.inf, 1.0]], np.float32)
    second = np.array([[2.0, 3.0, np.nan]], np.float32)
    mask = np.array([[0.0, 0.0, 1.0]])
    assert blend(first, second, mask).tolist() == [[2.0, 3.0, 1.0]]


def test_blocks_make_no_seams():
    first = np.zeros((2100, 1000), np.uint8)
    second = np.full_like(first, 200)
    mask = np.broadcast_to(np.linspace(0, 1, 2100)[:, None], first.shape)
    expected = np.rint(200 * (1 - mask.astype(np.float32)))
    np.testing.assert_array_equal(blend(first, second, mask), expected)


def test_images_of_two_shapes_are_refused_with_both_shapes():
    with pytest.raises(ValueError, match=r"shape \(2, 3\) and the second \(3, 2\)"):
        blend(np.zeros((2, 3), np.uint8), np.zeros((3, 2), np.uint8), np.zeros((2, 3)))


def test_images_of_two_types_are_refused():
    with pytest.raises(ValueError, match="types uint8 and int16; accepted: one type for both"):
        blend(np.zeros((2, 3), np.uint8), np.zeros((2, 3), np.int16), np.zeros((2, 3)))


@pytest.mark.parametrize("kind", [np.int64, np.complex64, bool])
def test_types_that_cannot_be_mixed_are_refused(kind):
    image = np.zeros((2, 3), kind)
    with pytest.raises(ValueError, match=r"accepted: one type for both, of uint8, .*float64"):
        blend(image, image, np.zeros((2, 3)))


@pytest.mark.parametrize("shape", [(3, 2), (3,), (2, 3, 3), (1, 2, 3)])
def test_a_mask_of_another_shape_is_refused_with_both_shapes(shape):
    image = np.zeros((2, 3), np.uint8)
    with pytest.raises(ValueError, match=r"the mask has shape .* and the images \(2, 3\)"):
        blend(image, image, np.zeros(shape))


def test_a_mask_of_0_and_255_is_refused_with_the_cure():
    image = np.zeros((1, 2), np.uint8)
    with pytest.raises(ValueError, match=r"type uint8.*`mask > 0`.*`mask / 255`"):
        blend(image, image, np.array([[0, 255]], np.uint8))


@pytest.mark.parametrize("wrong", [-0.01, 1.01, np.nan, np.inf])
def test_weights_beyond_0_and_1_are_refused(wrong):
    image = np.zeros((1, 2), np.uint8)
    with pytest.raises(ValueError, match=r"accepted: weights of 0\.\.1, without NaN"):
        blend(image, image, np.array([[0.5, wrong]]))
