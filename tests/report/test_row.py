from dataclasses import replace

import pytest

from medmask.cohort.names import scan_id
from medmask.report.row import COLUMNS, retry, row_of
from medmask.report.triage import Triage
from tests.report.cohorts import CANARY, FACTS, done, failed, findings, skipped

COMMAND = FACTS.command


def row(outcome):
    (judged,) = Triage.of(findings([outcome])).judged
    return dict(zip(COLUMNS, row_of(judged, None, COMMAND), strict=True))


def test_a_picture_without_spacing_is_measured_in_pixels():
    film = row(
        done("film", modality="XR", slices=1, spacing_x_mm=None, spacing_y_mm=None,
             spacing_z_mm=None, soft_ml=None, bone_ml=None, bone_voxels=65536)
    )  # fmt: skip
    assert film["size"][0] == ["512 \N{MULTIPLICATION SIGN} 512", "mm unknown"]
    assert film["bone"] == [["65,536 px", "25.0 %"], None, 65536]
    assert film["bone_threshold"][0] == ["level 64", "226 native"]


def test_a_radiograph_needs_no_slice_spacing():
    film = row(done("film", slices=1, spacing_z_mm=None))
    assert film["size"][0] == [
        "512 \N{MULTIPLICATION SIGN} 512",
        "0.977 \N{MULTIPLICATION SIGN} 0.977 mm",
    ]


def test_an_unknown_spacing_of_a_volume_is_a_question_mark():
    assert (
        row(done("stack", spacing_z_mm=None))["size"][0][1]
        == "0.977 \N{MULTIPLICATION SIGN} 0.977 \N{MULTIPLICATION SIGN} ? mm"
    )


def test_what_is_unknown_is_nothing_and_sorted_last():
    broken = row(failed("broken"))
    assert broken["bone"] == [[]]
    assert row(done("ct"))["bone"] == [["312.1 ml", "1.0 %"], 312.1, 100_000]


@pytest.mark.parametrize(
    ("outcome", "groups", "group"),
    [
        (done("a"), "done", "done"),
        (done("a", warnings=("w",)), "done warned", "warned"),
        (done("a", warnings=("w",), flags=("f",)), "done flagged warned", "flagged"),
        (failed("a"), "failed", "failed"),
        (skipped("a"), "skipped", "skipped"),
    ],
)
def test_a_row_belongs_to_all_groups_that_a_reader_may_ask_for(outcome, groups, group):
    assert (row(outcome)["groups"], row(outcome)["group"]) == (groups, group)


def test_addresses_are_escaped_for_any_name():
    odd = row(done("a", labels='scans/a b"#?\udce9/labels.nii.gz'))
    assert odd["labels"] == "../scans/a%20b%22%23%3F%E9/labels.nii.gz"


def test_a_scan_without_a_picture_has_a_page_all_the_same():
    assert (row(failed("a"))["thumb"], row(failed("a"))["page"]) == ("", "scans/a.html")


def test_levels_are_rounded_to_three_decimals_with_a_true_minus():
    cell = row(done("a", soft_level=31.99991234, soft_native=-1234.56789))["soft_threshold"]
    assert cell == [["level 32", "\N{MINUS SIGN}1,234.568 HU"], -1234.568]


def test_a_failure_says_how_it_is_tried_again():
    assert (
        retry(failed("a b"), COMMAND)
        == "medmask run INPUT OUTPUT --retry-failed --only 'a b.nii.gz'"
    )
    assert retry(done("a"), COMMAND) == retry(skipped("a"), COMMAND) == ""


def test_a_failure_that_may_pass_needs_no_option():
    assert retry(failed("a", code="timeout"), COMMAND) == "medmask run INPUT OUTPUT --only a.nii.gz"


def test_the_way_to_retry_names_one_scan_whatever_its_name():
    assert "'x[[]1].nii.gz'" in retry(failed("x[1]"), COMMAND)
    assert """'"'"'"'><script>""" in retry(failed(CANARY), COMMAND)


def test_a_scan_is_called_by_the_id_that_it_was_given_and_by_its_source():
    source = "site1/ct.nii.gz"
    assert row(replace(done("p001"), source=source))["source"] == [["p001", source], "p001"]
    assert row(replace(done(scan_id(source, "")), source=source))["source"] == [[source], source]
    assert row(replace(done("scan-00ff"), source="scan-00ff"))["source"][0] == ["scan-00ff"]


def test_what_was_said_of_a_scan_comes_with_its_kind():
    flagged = row(done("a", warnings=("modality_guessed",), flags=("no_bone",)))
    assert [note[:2] for note in flagged["notes"]] == [
        ["flag", "no_bone"],
        ["warning", "modality_guessed"],
    ]
    assert row(failed("a"))["notes"] == [["reason", "truncated", ""]]
