"""Smoothing against the filters of SciPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from medmask.thresholds.smoothing import gaussian, mean_of_three

curves = arrays(np.float64, st.integers(1, 300), elements=st.floats(0, 30))


@given(curves, st.floats(0.5, 12))
def test_a_gaussian_smooths_as_scipy_does(curve, sigma):
    expected = ndimage.gaussian_filter1d(curve, sigma, mode="nearest")
    assert gaussian(curve, sigma) == pytest.approx(expected, abs=1e-9)


@given(curves, st.floats(0.5, 12))
def test_the_bend_is_scipys_second_derivative(curve, sigma):
    expected = ndimage.gaussian_filter1d(curve, sigma, order=2, mode="nearest")
    assert gaussian(curve, sigma, bend=True) == pytest.approx(expected, abs=1e-9)


def test_the_bend_of_a_parabola_is_twice_its_factor():
    bend = gaussian(3.0 * np.arange(-50.0, 51.0) ** 2, 4.0, bend=True)
    assert bend[50] == pytest.approx(6.0, rel=0.01)


@given(arrays(np.float32, st.integers(1, 300), elements=st.floats(0, 2**20, width=32)))
def test_the_mean_of_three_is_scipys_uniform_filter(counts):
    expected = ndimage.uniform_filter1d(counts.astype(np.float64), 3)
    assert mean_of_three(counts) == pytest.approx(expected, rel=1e-6, abs=1e-6)
