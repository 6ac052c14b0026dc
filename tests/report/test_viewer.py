import pytest

from medmask.report.viewer import presets, viewer_data
from tests.report.accounts import account, document, plane


def sheets(**more):
    return account(review=document()["review"] | more).sheets


def test_the_first_window_is_the_one_drawn_and_the_last_shows_everything():
    found = presets(sheets(), "CT")
    assert (found[0].level, found[0].width) == (40, 400)
    assert [each.name for each in found[1:-1]] == ["soft tissue", "bone", "lung", "brain"]
    assert (found[-1].level, found[-1].width) == (0, 2000)


def test_other_modalities_have_halves_of_the_window_drawn():
    low, high = presets(sheets(), "MR")[1:3]
    assert (low.level, low.width) == (-60, 200)
    assert (high.level, high.width) == (140, 200)


def test_every_code_has_its_native_value():
    data = viewer_data(sheets(), "scans/a")
    natives = [None] * data["outside"] + data["natives"]
    assert len(natives) == 256
    assert (natives[8], natives[128], natives[255]) == (-1000, 0, 1000)
    assert natives[68] == pytest.approx(-500)


def test_codes_near_that_of_padding_are_padding_and_those_near_the_least_are_the_least():
    data = viewer_data(sheets(), "scans/a")
    assert data["outside"] == 4
    assert data["natives"][:5] == [-1000] * 5


def test_a_curved_display_brings_its_own_whites():
    window = {"low": -1000.0, "high": 1000.0, "inverted": True,
              "curve": [[-1000.0, 0.0], [0.0, 0.8], [1000.0, 1.0]]}  # fmt: skip
    data = viewer_data(sheets(window=window), "scans/a")
    whites = [None] * data["outside"] + data["curved"]
    assert (whites[8], whites[128], whites[255]) == pytest.approx((1.0, 0.2, 0.0))
    assert viewer_data(sheets(), "scans/a")["curved"] is None


def test_cells_are_placed_as_css_counts():
    (shown,) = viewer_data(sheets(), "scans/a")["planes"]
    assert shown["size"] == "200% 200%"
    assert shown["places"] == ["0.0% 0.0%", "100.0% 0.0%", "0.0% 100.0%"]
    assert shown["inset"] == "-5.0000% -2.5000%"
    assert shown["shape"] == 2.0


def test_a_sheet_of_one_picture_has_one_place():
    film = plane("slice", slices=(0,), of=1) | {"columns": 1, "positions_mm": [None]}
    (shown,) = viewer_data(sheets(planes=[film]), "scans/a")["planes"]
    assert (shown["places"], shown["captions"], shown["size"]) == (["0% 0%"], [""], "100% 100%")


def test_captions_say_where_a_slice_lies():
    (shown,) = viewer_data(sheets(), "scans/a")["planes"]
    assert shown["captions"] == ["S 20.0 mm, 10 of 12", "S 10.0 mm, 6 of 12", "I 0.5 mm, 2 of 12"]


def test_addresses_lead_from_the_page_to_the_scan():
    (shown,) = viewer_data(sheets(), "scans/a b")["planes"]
    assert shown["sheets"] == [
        "../../scans/a%20b/review/axial.webp", "../../scans/a%20b/review/axial-masks-1.webp",
    ]  # fmt: skip
