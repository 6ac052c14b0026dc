from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from medmask.rescale import Rescale
from medmask.volume import Display, Family, PaddingRange, known_modality
from tests.phantoms import volume_of

SLOPES = st.sampled_from([1.0, 2.0, 0.1, 0.5, 2.0002, -1.0, -0.25])
INTERCEPTS = st.sampled_from([0.0, -1024.0, -1024.5, 32.12])
VOXELS = hnp.arrays(
    st.sampled_from([np.uint8, np.int16, np.uint16, np.int32]),
    (2, 3, 5),
    elements=st.integers(0, 250),
)


@given(VOXELS, SLOPES, INTERCEPTS, st.integers(-3000, 3000))
def test_above_and_below_are_strict_and_exact_on_native_values(voxels, slope, intercept, tenths):
    threshold = tenths / 10
    volume = volume_of(voxels, rescale=Rescale(slope, intercept))

    def native(value):
        return Fraction(repr(slope)) * int(value) + Fraction(repr(intercept))

    wanted = np.array([native(v) > Fraction(repr(threshold)) for v in voxels.ravel()])
    assert (volume.above(threshold).ravel() == wanted).all()
    wanted = np.array([native(v) < Fraction(repr(threshold)) for v in voxels.ravel()])
    assert (volume.below(threshold).ravel() == wanted).all()


@given(
    hnp.arrays(np.float32, (1, 2, 4), elements=st.floats(-500, 500, width=32)), st.floats(-500, 500)
)
def test_floats_are_compared_without_rounding_the_threshold(voxels, threshold):
    volume = volume_of(voxels)
    assert (volume.above(threshold) == (voxels.astype(np.float64) > threshold)).all()
    assert (volume.below(threshold) == (voxels.astype(np.float64) < threshold)).all()


def test_the_smallest_numbers_are_compared_as_they_are():
    least = float(np.finfo(np.float32).tiny)
    voxels = np.array([[[0.0, least, 2 * least]]], np.float32)
    assert volume_of(voxels).above(least).tolist() == [[[False, False, True]]]
    assert volume_of(voxels).below(least).tolist() == [[[True, False, False]]]


@pytest.mark.parametrize("threshold", [-1e9, 1e9])
def test_thresholds_beyond_the_type_take_all_or_nothing(threshold):
    volume = volume_of(np.zeros((1, 2, 2), np.uint8))
    assert volume.above(threshold).all() == (threshold < 0)
    assert volume.below(threshold).all() == (threshold > 0)


def test_padding_is_in_no_mask():
    voxels = np.array([[[-2000, -1000, 0, 300]]], np.int16)
    volume = volume_of(voxels, padding=(PaddingRange(-2000, -2000),))
    assert volume.above(-5000).tolist() == [[[False, True, True, True]]]
    assert volume.below(100).tolist() == [[[False, True, True, False]]]


def test_padding_that_the_type_cannot_hold_pads_nothing():
    volume = volume_of(np.zeros((1, 1, 2), np.uint8), padding=(PaddingRange(-2000, -1),))
    assert volume.valid(volume.voxels) is None or volume.valid(volume.voxels).all()


def test_nan_and_infinity_are_in_no_mask():
    voxels = np.array([[[np.nan, np.inf, -np.inf, 5.0]]], np.float32)
    assert volume_of(voxels).above(0).tolist() == [[[False, False, False, True]]]
    assert volume_of(voxels).below(9).tolist() == [[[False, False, False, True]]]


def test_voxels_must_fit_their_grid():
    grid = volume_of(np.zeros((1, 2, 3), np.uint8)).grid
    with pytest.raises(ValueError, match="do not fit the grid"):
        volume_of(np.zeros((1, 2, 4), np.uint8), grid=grid)


def test_colour_and_text_are_no_voxels():
    with pytest.raises(ValueError, match="integers or floats"):
        volume_of(np.zeros((1, 2, 3), np.complex64))


@pytest.mark.parametrize(
    ("modality", "family"),
    [("CT", Family.CT), ("DX", Family.RADIOGRAPH), ("MR", Family.MR), ("PT", Family.OTHER)],
)
def test_modalities_fall_into_families(modality, family):
    assert volume_of(np.zeros((1, 1, 1), np.uint8), modality).family is family


def test_a_display_needs_an_interval():
    with pytest.raises(ValueError, match="low < high"):
        Display(3, 3)


def test_a_rescale_needs_a_slope():
    with pytest.raises(ValueError, match="slope"):
        Rescale(0.0, 1.0)


def test_a_modality_is_known_in_any_case_and_another_word_is_refused():
    assert [known_modality(word) for word in ("CT", "mr", "Auto")] == ["CT", "MR", "auto"]
    with pytest.raises(ValueError, match="'banana' is not known; auto or one of CR, CT"):
        known_modality("banana")
