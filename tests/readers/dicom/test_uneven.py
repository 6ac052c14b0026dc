import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medmask.errors import MissingSlices
from medmask.readers.dicom.uneven import Source, even_out


def evened(heights):
    return even_out(np.asarray(heights, float), "series", lambda step: max(0.01 * step, 0.01))


def test_a_gap_is_filled_and_everything_else_kept():
    made = evened([10, 15, 20, 30])
    assert made.step == 5
    taken = [Source(0, 0, 0.0), Source(1, 1, 0.0), Source(2, 2, 0.0)]
    assert list(made.sources) == [*taken, Source(2, 3, 0.5), Source(3, 3, 0.0)]
    assert made.warning.code == "irregular_resampled"
    assert "slices are missing between 20.00 and 30.00 mm" in made.warning.message
    assert "1 of 5 slices were interpolated onto an even step of 5.000 mm" in made.warning.message


def test_uneven_steps_take_the_smallest_and_leave_out_the_rest_of_the_last():
    made = evened([0, 2, 5, 7])
    assert made.step == 2
    assert [(s.lower, s.upper) for s in made.sources] == [(0, 0), (1, 1), (1, 2), (2, 3)]
    assert [s.weight for s in made.sources] == pytest.approx([0, 0, 2 / 3, 0.5])
    assert "steps are uneven between 2.00 and 5.00 mm" in made.warning.message
    assert "the last 1.00 mm left out" in made.warning.message


def test_steps_that_change_are_named_with_their_positions():
    message = evened([0, 2, 4.5, 6.5]).warning.message
    assert message.startswith("steps are uneven between 2.00 and 4.50 mm along the normal; ")


@pytest.mark.parametrize("gap", [15.3, 20, 400])
def test_more_than_three_steps_are_not_bridged(gap):
    sentence = rf"missing between 15\.00 and {15 + gap:.2f} mm along the normal \(step 5\.000 mm\)"
    with pytest.raises(MissingSlices, match=sentence) as caught:
        evened([10, 15, 15 + gap])
    assert str(caught.value).endswith("accepted: gaps of at most 3 steps")


def test_three_steps_are_bridged():
    assert len(evened([0, 5, 20]).sources) == 5


def test_many_gaps_are_counted_rather_than_named():
    heights = np.cumsum([0, *([5, 10] * 8)])
    assert "and 2 times more mm along the normal" in evened(heights).warning.message


@given(st.lists(st.floats(1.0, 2.9), min_size=2, max_size=30))
def test_every_slice_of_the_grid_lies_between_its_sources(steps):
    heights = np.concatenate([[0], np.cumsum(steps)])
    made = evened(heights)
    for k, source in enumerate(made.sources):
        mixed = (1 - source.weight) * heights[source.lower] + source.weight * heights[source.upper]
        assert abs(mixed - k * made.step) <= 0.03 + 1e-9
    assert heights[-1] - (len(made.sources) - 1) * made.step < made.step
