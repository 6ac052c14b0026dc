import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.special import erf

from medmask.overlay import feather


@given(hnp.arrays(bool, (6, 7)), st.floats(0, 5))
def test_feathered_weights_stay_within_0_and_1(mask, sigma):
    soft = feather(mask, sigma)
    assert soft.dtype == np.float32
    assert soft.min() >= 0
    assert soft.max() <= 1


def test_an_edge_is_a_gaussian_step_centred_upon_it():
    mask = np.zeros((1, 80), bool)
    mask[:, 40:] = True
    at = np.arange(80) - 39.5  # the edge lies between two pixels
    expected = 0.5 * (1 + erf(at / (4.0 * np.sqrt(2))))
    np.testing.assert_allclose(feather(mask, 4.0)[0], expected, atol=2e-3)


def test_no_feather_changes_nothing():
    mask = np.eye(5, dtype=bool)
    np.testing.assert_array_equal(feather(mask, 0.0), mask)


def test_each_axis_has_a_softness_of_its_own():
    mask = np.zeros((9, 9), bool)
    mask[:, 5:] = True
    np.testing.assert_allclose(feather(mask, (3.0, 0.0)), mask, atol=1e-6)
