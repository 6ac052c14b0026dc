import pytest

from medmask.readers.options import ReadOptions


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"stacks": True}, "stacks: true is not served yet"),
        ({"spacing_mm": (1.0, 1.0, 1.0)}, "spacing_mm is not served yet"),
        ({"time_series": "first"}, "time_series: first is not served yet"),
        ({"irregular": "guess"}, "irregular: guess is not known"),
        ({"largest_bytes": 0}, "largest_bytes must be positive"),
    ],
)
def test_wishes_that_are_not_served_are_refused_by_name(wish, sentence):
    with pytest.raises(ValueError, match=sentence):
        ReadOptions(**wish)


def test_auto_states_no_modality():
    assert ReadOptions().stated_modality() == ""
    assert ReadOptions(modality="CT").stated_modality() == "CT"
