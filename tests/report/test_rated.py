import json

import pytest

from medmask.errors import MissingInput, RequestError
from medmask.pipeline import Finished
from medmask.report import write_report
from medmask.report.before import pairs_of
from medmask.report.finding import Finding
from medmask.report.rated import keep_before, rated_scans
from medmask.report.ratings import Rating, Said, Verdict, append_rating
from tests.report.cohorts import FACTS, done

FINISHED = Finished(done("one"), "c" * 64)
OLD, NEW, INPUT = "a" * 64, "b" * 64, "c" * 64


def masked(output, name, recipe=OLD, bone_ml=1.0, labels="1"):
    """A scan's folder as a run leaves it."""
    folder = output / "scans" / name
    (folder / "review").mkdir(parents=True, exist_ok=True)
    (folder / "review" / "thumb.webp").write_bytes(f"{recipe[0]}-picture".encode())
    document = {
        "recipe": f"recipe-{recipe[0]}",
        "provenance": {"recipe_sha256": recipe, "inputs_sha256": INPUT},
        "figures": {"bone": {"volume_ml": bone_ml}},
        "thresholds": {"bone": {"level": 64.0}},
        "outputs": {"labels.nii.gz": labels},
    }
    (folder / "scan.json").write_text(json.dumps(document))


def rate(output, name, verdict, rater="Ann", recipe=OLD, note=""):
    row = Rating(
        scan_id=name, rating=verdict, rater=rater, note=note,
        recipe_sha256=recipe, inputs_sha256=INPUT,
    )  # fmt: skip
    append_rating(output / "ratings.csv", row)


def test_scans_that_anybody_rates_so_are_chosen(tmp_path):
    for name in ("one", "two", "three"):
        masked(tmp_path, name)
    rate(tmp_path, "one", "fail")
    rate(tmp_path, "two", "pass", "Ann")
    rate(tmp_path, "two", "fail", "Ben")
    rate(tmp_path, "three", "doubtful")
    assert rated_scans(tmp_path, {Verdict.FAIL}) == {"one", "two"}
    assert rated_scans(tmp_path, {Verdict.FAIL, Verdict.DOUBTFUL}) == {"one", "two", "three"}


def test_what_was_taken_back_is_not_chosen(tmp_path):
    masked(tmp_path, "one")
    rate(tmp_path, "one", "fail")
    rate(tmp_path, "one", "")
    assert rated_scans(tmp_path, {Verdict.FAIL}) == frozenset()


def test_a_result_that_has_been_replaced_is_not_chosen_again(tmp_path):
    masked(tmp_path, "one", recipe=NEW)
    rate(tmp_path, "one", "fail", recipe=OLD)
    assert rated_scans(tmp_path, {Verdict.FAIL}) == frozenset()


def test_a_scan_that_an_ended_run_had_begun_is_chosen_again(tmp_path):
    rate(tmp_path, "one", "fail")
    assert rated_scans(tmp_path, {Verdict.FAIL}) == {"one"}


def test_without_a_table_the_request_is_refused(tmp_path):
    with pytest.raises(MissingInput, match="`medmask serve` saves them there"):
        rated_scans(tmp_path, {Verdict.FAIL})


@pytest.mark.parametrize("name", ["../out", "a/b", "/etc", "..", "a b", "caf\u00e9"])
def test_a_table_cannot_name_what_is_no_scan(tmp_path, name):
    (tmp_path / "ratings.csv").write_text(f"scan_id,rating\n{name},fail\n", encoding="utf-8")
    with pytest.raises(RequestError, match="line 2: scan_id"):
        rated_scans(tmp_path, {Verdict.FAIL})


def test_before_and_after_stand_side_by_side_with_what_was_said(tmp_path):
    masked(tmp_path, "one", OLD, bone_ml=1234.5)
    rate(tmp_path, "one", "fail", note="ribs are missing")
    keep_before(tmp_path, {"one", "none"})
    masked(tmp_path, "one", NEW, bone_ml=2345.6, labels="2")
    finding = Finding.read(tmp_path, FINISHED)
    (pair,) = pairs_of(tmp_path, [finding], Said.of(tmp_path).ratings)
    assert pair.said == ("Ann: fail (ribs are missing)",)
    assert (pair.recipe, pair.same_masks) == ("recipe-a", False)
    assert pair.changes[0].before == "1,234.5 ml"
    assert pair.changes[0].after == "2,345.6 ml"
    assert (tmp_path / "before" / "one" / "thumb.webp").read_bytes() == b"a-picture"
    page = write_report(tmp_path, [finding], FACTS, Said.of(tmp_path)).read_text()
    assert 'src="../before/one/thumb.webp"' in page
    assert "1,234.5 ml &rarr; 2,345.6 ml" in page


def test_masks_that_did_not_change_are_called_the_same(tmp_path):
    masked(tmp_path, "one", OLD)
    keep_before(tmp_path, {"one"})
    masked(tmp_path, "one", NEW)
    (pair,) = pairs_of(tmp_path, [Finding.read(tmp_path, FINISHED)], ())
    assert pair.same_masks


def test_a_result_like_the_one_before_is_no_pair(tmp_path):
    masked(tmp_path, "one")
    keep_before(tmp_path, {"one"})
    assert pairs_of(tmp_path, [Finding.read(tmp_path, FINISHED)], ()) == ()
