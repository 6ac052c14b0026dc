import pytest

from medmask.readers.options import ReadOptions


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"spacing_mm": (1.0, 0.0, 1.0)}, "spacing_mm must be three positive lengths"),
        ({"spacing_mm": (1.0, float("nan"), 1.0)}, "spacing_mm must be three positive lengths"),
        ({"irregular": "guess"}, "irregular: guess is not known"),
        ({"modality": "banana"}, "modality 'banana' is not known; auto or one of CR, CT, DX"),
        ({"largest_bytes": 0}, "largest_bytes must be positive"),
    ],
)
def test_wishes_that_are_not_served_are_refused_by_name(wish, sentence):
    with pytest.raises(ValueError, match=sentence):
        ReadOptions(**wish)


def test_auto_states_no_modality():
    assert ReadOptions().stated_modality() == ""
    assert ReadOptions(modality="CT").stated_modality() == "CT"
    assert ReadOptions(modality="ct").stated_modality() == "CT"
