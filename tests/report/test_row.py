import pytest

from medmask.report.row import UNKNOWN, Cell, rows_of
from tests.report.cohorts import done, failed, skipped


def row(outcome):
    return rows_of([outcome])[0]


def test_a_picture_without_spacing_is_measured_in_pixels():
    film = row(
        done("film", modality="XR", slices=1, spacing_x_mm=None, spacing_y_mm=None,
             spacing_z_mm=None, soft_ml=None, bone_ml=None, bone_voxels=65536)
    )  # fmt: skip
    assert film.size.lines == ("512 \N{MULTIPLICATION SIGN} 512", "mm unknown")
    assert film.bone == Cell(("65,536 px", "25.0 %"), None, 65536)
    assert film.bone_threshold.lines == ("level 64", "226 native")


def test_a_radiograph_needs_no_slice_spacing():
    film = row(done("film", slices=1, spacing_z_mm=None))
    assert film.size.lines == (
        "512 \N{MULTIPLICATION SIGN} 512",
        "0.977 \N{MULTIPLICATION SIGN} 0.977 mm",
    )


def test_an_unknown_spacing_of_a_volume_is_a_question_mark():
    assert (
        row(done("stack", spacing_z_mm=None)).size.lines[1]
        == "0.977 \N{MULTIPLICATION SIGN} 0.977 \N{MULTIPLICATION SIGN} ? mm"
    )


def test_what_is_unknown_is_a_dash_and_sorted_last():
    broken = row(failed("broken"))
    assert broken.bone == Cell((UNKNOWN,), None, None)
    assert broken.bone.is_unknown
    assert not row(done("ct")).bone.is_unknown


@pytest.mark.parametrize(
    ("outcome", "groups"),
    [
        (done("a"), "done"),
        (done("a", warnings=("w",)), "warned done"),
        (done("a", warnings=("w",), flags=("f",)), "flagged warned done"),
        (failed("a", warnings=("w",)), "failed"),
        (skipped("a"), "skipped"),
    ],
)
def test_a_row_belongs_to_all_groups_that_a_reader_may_ask_for(outcome, groups):
    assert row(outcome).groups == groups
    assert row(outcome).group == groups.split()[0]


def test_addresses_are_escaped_for_any_name():
    odd = row(done("a", overlay='scans/a b"#?\udce9/overlay.png'))
    assert odd.picture == "../scans/a%20b%22%23%3F%E9/overlay.png"


def test_a_scan_without_a_picture_has_no_address():
    assert row(failed("a")).picture == ""


def test_levels_are_rounded_to_three_decimals_with_a_true_minus():
    cell = row(done("a", soft_level=31.99991234, soft_native=-1234.56789)).soft_threshold
    assert cell.lines == ("level 32", "\N{MINUS SIGN}1,234.568 HU")
