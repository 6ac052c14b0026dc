import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from medmask.thresholds.bottoms import Bottom, bottoms_of


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40))
def test_they_are_scipys_peaks_upside_down(curve):
    curve = np.array(curve, float)
    peaks, found = signal.find_peaks(-curve, prominence=0.0, plateau_size=1)
    expected = zip(found["left_edges"], found["right_edges"], found["prominences"], strict=True)
    assert bottoms_of(curve) == [Bottom(*each) for each in expected]
    assert [int(one.middle) for one in bottoms_of(curve)] == peaks.tolist()


def test_a_floor_of_several_bins_counted_by_hand():
    (bottom,) = bottoms_of(np.array([5.0, 1.0, 1.0, 1.0, 3.0, 2.0]))[:1]
    assert bottom == Bottom(1, 3, 2.0)
    assert bottom.middle == 2.0
