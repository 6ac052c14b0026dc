import json

import pytest

from medmask.outcome import Outcome
from medmask.pipeline import Finished
from medmask.report.account import Account
from medmask.report.finding import Finding
from medmask.report.triage import Kin, Triage
from tests.report.cohorts import done, failed, mixed


def finding(name, *, bone_ml=300.0, flags=(), modality="CT", recipe="r" * 64, **figures):
    account = Account.model_validate(
        {
            "recipe": "ct",
            "provenance": {"recipe_sha256": recipe},
            "figures": {"bone": {"voxels": 9, "border": []} | figures, "soft_tissue": None},
            "flags": [{"code": code, "message": f"{code} was seen"} for code in flags],
        }
    )
    return Finding(done(name, modality=modality, bone_ml=bone_ml, flags=flags), "i" * 64, account)


def alike(count, **figures):
    return [finding(f"usual-{n}", bone_ml=300.0 + n, **figures) for n in range(count)]


def named(triage):
    return [each.finding.outcome.scan_id for each in triage.judged]


def of(triage, name):
    return next(j for j in triage.judged if j.finding.outcome.scan_id == name)


def test_failures_come_first_then_doubts_warnings_the_rest_and_what_is_no_scan():
    triage = Triage.of([Finding(outcome) for outcome in mixed()])
    assert named(triage) == ["e-broken", "d-flagged", "c-warned", "b-plain", "a-seg"]


def test_a_scan_that_is_unlike_the_others_comes_first_and_says_why():
    triage = Triage.of([*alike(9), finding("zz-odd", bone_ml=3000.0)])
    odd = triage.judged[0]
    assert odd.finding.outcome.scan_id == "zz-odd"
    assert odd.group == "flagged"
    (doubt,) = (each for each in odd.doubts if each.code == "unusual_bone_ml")
    assert doubt.sentence == "bone volume: 3,000 ml; the median of 10 alike is 304 ml"
    assert all(each.score == 0 for each in triage.judged[1:])


def test_half_is_as_odd_as_twice():
    scans = alike(20)
    low, high = (
        of(Triage.of([*scans, finding("x", bone_ml=ml)]), "x").score for ml in (310 / 4, 310 * 4)
    )
    assert low == pytest.approx(high, rel=0.05)
    assert low > 3.5


def test_modalities_and_recipes_are_not_compared():
    ct = [finding(f"ct-{n}", bone_ml=300.0) for n in range(8)]
    mr = [finding(f"mr-{n}", bone_ml=30.0, modality="MR") for n in range(8)]
    other = [finding(f"other-{n}", bone_ml=3.0, recipe="s" * 64) for n in range(8)]
    triage = Triage.of([*ct, *mr, *other])
    assert all(each.group == "done" for each in triage.judged)
    assert len(triage.usual) == 3
    assert triage.usual[Kin.of(mr[0])]["bone_ml"].figures.median == 30


def test_a_handful_of_scans_is_too_few_to_call_one_odd():
    triage = Triage.of([*alike(3), finding("odd", bone_ml=3000.0)])
    assert all(each.group == "done" for each in triage.judged)


def test_a_flag_counts_also_alone_and_in_its_own_words():
    judged = of(Triage.of([finding("alone", flags=("unstable_threshold",))]), "alone")
    assert [doubt.sentence for doubt in judged.doubts] == ["unstable_threshold was seen"]
    assert judged.score == 7


def test_empty_masks_come_before_odd_ones_and_are_not_what_is_usual():
    empty = [finding(f"empty-{n}", bone_ml=0.0, flags=("no_bone",)) for n in range(12)]
    triage = Triage.of([*empty, *alike(7), finding("odd", bone_ml=3000.0)])
    groups = [each.group for each in triage.judged]
    assert groups == ["flagged"] * 13 + ["done"] * 7
    assert named(triage)[12] == "odd"


def test_several_reasons_weigh_more_than_one():
    one = finding("one", flags=("no_bone",))
    both = finding("both", flags=("no_bone", "empty_mask"))
    assert named(Triage.of([one, both])) == ["both", "one"]


def test_a_cohort_of_equal_scans_has_no_odd_one():
    triage = Triage.of([finding(f"same-{n}") for n in range(30)])
    assert all(each.group == "done" for each in triage.judged)


def test_touching_fewer_faces_than_usual_is_no_doubt_and_touching_more_is():
    usual = alike(8, border=["first_row"])
    every = [f"{end}_{axis}" for end in ("first", "last") for axis in ("row", "column", "slice")]
    triage = Triage.of([*usual, finding("none", border=[]), finding("all", border=every)])
    assert of(triage, "none").group == "done"
    assert [d.code for d in of(triage, "all").doubts] == ["unusual_faces"]


def test_a_mask_that_is_empty_has_a_place_among_ratios():
    triage = Triage.of([*alike(8), finding("empty", bone_ml=0.0)])
    assert any("0.0 ml" in doubt.sentence for doubt in triage.judged[0].doubts)


def test_figures_that_are_missing_are_no_reason_and_hide_none():
    bare = [Finding(Outcome(f"bare-{n}", "", "x", "nifti")) for n in range(6)]
    triage = Triage.of([*bare, *alike(8), finding("odd", bone_ml=5000.0)])
    assert triage.judged[0].finding.outcome.scan_id == "odd"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"figures": 3}', '{"figures": {"bone": "x"}}'])
def test_an_account_that_cannot_be_understood_is_an_unknown_one(tmp_path, text):
    (tmp_path / "scan.json").write_text(text)
    assert Account.read(tmp_path) == Account()


def test_an_account_without_bone_is_read(tmp_path):
    document = {"thresholds": {"bone": None, "soft_tissue": {"stability": {"more": 0.2}}}}
    (tmp_path / "scan.json").write_text(json.dumps(document))
    account = Account.read(tmp_path)
    assert (account.bone_threshold.change, account.soft_threshold.change) == (None, 0.2)


def test_ratings_go_by_content_and_recipe_then_by_name():
    assert finding("one").rating_key == f"{'i' * 12}/{'r' * 12}/one"
    assert finding("one", recipe="s" * 64).rating_key != finding("one").rating_key
    assert finding("a-part").rating_key != finding("another-part").rating_key
    assert Finding(failed("broken")).rating_key == "truncated/broken"


def test_a_thumbnail_is_used_once_it_is_among_the_outputs(tmp_path):
    row = done("a")
    with_thumb = Finished(row, "", (("scans/a/review/thumb.webp", "0"),))
    assert Finding.read(tmp_path, with_thumb).thumb == "scans/a/review/thumb.webp"
    assert Finding.read(tmp_path, Finished(row)).thumb == row.overlay
    assert Finding.read(tmp_path, Finished(failed("b"))).thumb == ""
