import numpy as np
import pytest

from medmask.readers.dicom.resample import arranged, between
from medmask.readers.dicom.uneven import Source


def nothing(values):
    return np.zeros(values.shape, bool)


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.int32])
def test_integers_are_rounded_half_to_even(kind):
    lower, upper = np.array([[0, 1, 2, 10]], kind), np.array([[1, 2, 3, 20]], kind)
    mixed = between(lower, upper, 0.5, nothing)
    assert mixed.dtype == kind
    assert mixed.tolist() == [[0, 2, 2, 15]]


def test_the_extremes_of_a_type_do_not_overflow():
    lower, upper = np.array([[-32768]], np.int16), np.array([[32767]], np.int16)
    assert between(lower, upper, 0.75, nothing).tolist() == [[16383]]


def test_padding_is_never_mixed_into_tissue():
    lower = np.array([[-2000, 40, -2000]], np.int16)
    upper = np.array([[40, -2000, -2000]], np.int16)
    assert between(lower, upper, 0.5, lambda v: v == -2000).tolist() == [[-2000] * 3]


def test_what_is_no_number_stays_none():
    lower = np.array([[np.nan, 1, np.inf]], np.float32)
    upper = np.array([[1, np.nan, -np.inf]], np.float32)
    assert not np.isfinite(between(lower, upper, 0.5, lambda v: ~np.isfinite(v))).any()


def test_slices_come_from_two_held_at_a_time():
    slices = (np.full((1, 1), value, np.int16) for value in (0, 10, 30))
    sources = [
        Source(0, 0, 0.0),
        Source(0, 1, 0.5),
        Source(1, 1, 0.0),
        Source(1, 2, 0.25),
        Source(1, 2, 0.75),
    ]
    assert [int(one[0, 0]) for one in arranged(slices, sources, nothing)] == [0, 5, 10, 15, 25]
