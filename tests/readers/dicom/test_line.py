import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from medmask.readers.dicom.line import are_rounded, nearest_line


def along_z(heights):
    return np.array([(0.0, -20.5, float(z)) for z in heights])


def line_of(heights):
    index = np.arange(len(heights), dtype=float)
    return nearest_line(index, along_z(heights)), index


def test_exact_positions_have_the_line_through_their_ends():
    line, _ = line_of([3, 5.5, 8, 10.5])
    assert line.start.tolist() == [0, -20.5, 3]
    assert line.step.tolist() == [0, 0, 2.5]


def test_one_odd_position_moves_the_line_by_half_of_it():
    line, index = line_of([0, 1, 2.4, 3, 4])
    np.testing.assert_allclose(line.at(index)[:, 2] - [0, 1, 2.4, 3, 4], [0.2, 0.2, -0.2, 0.2, 0.2])


@given(st.lists(st.floats(-0.3, 0.3), min_size=3, max_size=12))
def test_no_line_has_a_smaller_greatest_distance(noise):
    heights = np.arange(len(noise)) + np.array(noise)
    line, index = line_of(heights)
    ones = np.ones(len(noise))
    above = np.column_stack([ones, index, -ones])  # offset + slope * index - distance <= height
    below = np.column_stack([-ones, -index, -ones])
    best = linprog(
        [0, 0, 1],
        A_ub=np.vstack([above, below]),
        b_ub=np.concatenate([heights, -heights]),
        bounds=[(None, None), (None, None), (0, None)],
    )
    assert np.abs(line.at(index)[:, 2] - heights).max() <= best.fun + 1.01e-4


def test_missing_positions_are_passed_over_by_their_index():
    index = np.array([0.0, 1, 3, 4])
    line = nearest_line(index, along_z([0, 2, 6, 8]))
    assert line.step.tolist() == [0, 0, 2]


@pytest.mark.parametrize(("step", "decimals"), [(0.625, 1), (0.625, 2), (1.25, 1), (2.4999, 2)])
@pytest.mark.parametrize("start", [0, -132.7, 811.33])
def test_an_even_line_is_known_when_it_is_rounded(step, decimals, start):
    heights = [round(start + k * step, decimals) for k in range(40)]
    line, index = line_of(heights)
    assert are_rounded(line, index, along_z(heights))
    assert line.step[2] == pytest.approx(step, abs=10.0**-decimals / 39)


@pytest.mark.parametrize(
    "heights",
    [
        [0, 2.5, 5, 10],  # a slice is missing
        [0, 0.1, 0.3, 0.4],  # so it is, and half a decimal is a lot
        [0, 10, 20, 31],  # whole millimetres
        [0, 2.5, 5.3, 7.5, 10],  # beyond half a decimal
        [0, 2.5, 5.1, 7.5, 10],  # one slice a whole decimal from its place
        [0, 2.5, 5.03, 7.5, 10.02, 12.5],  # two decimals, and off by more
    ],
)
def test_other_positions_are_not_rounded(heights):
    line, index = line_of(heights)
    assert not are_rounded(line, index, along_z(heights))
