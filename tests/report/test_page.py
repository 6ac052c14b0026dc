import re
from dataclasses import replace

import pytest

from medmask.outcome import Outcome, Status
from medmask.report import RunFacts
from medmask.report.page import duration
from medmask.report.ratings import Rating, Said
from tests.report.cohorts import CANARY, FACTS, done, failed, mixed
from tests.report.pages import Page


def everywhere(text):
    """An outcome that holds a text wherever text can stand, failed and done."""
    texts = {"format": text, "modality": text, "message": text, "scale": text}
    texts |= {"warnings": (text,), "flags": (text,), "overlay": text, "labels": text}
    return [
        Outcome(text, text, text, status=Status.FAILED, code=text, **texts),
        Outcome(text, text, text, **texts, soft_level=1, soft_native=1),
    ]


def page_of(text):
    return Page(
        everywhere(text), RunFacts(text, text, FACTS.started, 1.0, (text.replace("/", ""),))
    )


def test_every_tag_is_closed():
    assert Page(mixed()).open == []


def test_no_text_becomes_markup():
    plain, hostile = page_of("a"), page_of(CANARY)
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in plain.tags]
    assert [list(names) for _, names in hostile.tags] == [list(names) for _, names in plain.tags]
    assert "".join(hostile.text).count(CANARY) >= 5
    assert "49" not in "".join(hostile.text)


def test_the_data_hold_any_text_and_no_byte_of_markup():
    page = page_of(CANARY)
    for row in page.rows():
        assert row["source"][0] == [CANARY]
        assert row["study"] == row["message"] == row["modality"] == CANARY
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.source)[1]
    assert not re.search("[<>&]", block)


def test_no_address_leaves_the_output_or_runs():
    page = page_of(CANARY)
    rows = [row[name] for row in page.rows() for name in ("page", "thumb", "labels")]
    tags = [names[n] for _, names in page.tags for n in ("href", "src") if n in names]
    for address in filter(None, [*rows, *tags]):
        assert re.match(r"(\.\./|assets/|scans/)", address), address
        assert not re.search(r"[\"'<>\s]", address)


@pytest.mark.parametrize(
    "name", ["caf\udce9.dcm", "\ud800", "nul\0", "line\nbreak", "\u202egnp.exe"]
)
def test_any_file_name_can_be_shown(name):
    assert page_of(name).open == []


def test_a_name_that_is_not_utf_8_is_shown_by_its_bytes():
    assert page_of("caf\udce9.dcm").rows()[0]["source"][0] == [r"caf\udce9.dcm"]


def test_there_is_no_inline_script_or_style_and_the_policy_forbids_them():
    page = Page(mixed())
    scripts = [one for one in page.all("script") if one.get("type") != "application/json"]
    assert scripts
    assert all(attributes.get("src") for attributes in scripts)
    assert not page.all("style")
    assert not any(
        name == "style" or name.startswith("on") for _, names in page.tags for name in names
    )
    policy = page.all("meta")[1]
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert policy["content"].startswith(
        "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
        "connect-src 'none'"
    )


def test_nothing_is_asked_of_any_host():
    assert not re.search(r"https?:|//", re.sub(r"\s", "", Page(mixed()).source))


def test_the_rows_are_in_the_order_of_triage():
    assert [row["id"] for row in Page(mixed()).rows()] == [
        "e-broken", "d-flagged", "c-warned", "b-plain", "a-seg",
    ]  # fmt: skip


def test_a_failure_is_shown_with_its_code_message_and_source():
    row = Page(mixed()).rows()[0]
    assert row["notes"][0][1] == "truncated"
    assert row["message"] == "12 of 40 bytes; accepted: a whole file"
    assert row["source"][0] == ["e-broken", "e-broken.nii.gz"]


def test_every_outcome_is_shown_once():
    outcomes = [done(f"scan{i:04d}x") if i % 3 else failed(f"scan{i:04d}x") for i in range(200)]
    rows = Page(outcomes).rows()
    assert len(rows) == 200
    assert {row["id"] for row in rows} == {each.scan_id for each in outcomes}


def test_figures_stand_with_their_units():
    told = str(Page([done("ct")]).rows()[0]).replace("\N{MULTIPLICATION SIGN}", "x")
    for figure in ("512 x 512 x 40", "0.977 x 0.977 x 3.27 mm", "level 32", "190 HU",
                   "level 64", "226 HU", "6,242.9 ml", "312.1 ml", "2.5 s"):  # fmt: skip
        assert figure in told


def test_codes_are_explained_in_the_data_and_below():
    page = Page(mixed())
    terms = page.data["terms"]
    assert list(terms) == ["annotation", "empty_mask", "modality_guessed", "truncated"]
    text = "".join(page.text)
    assert all(meaning in text for _, meaning in terms.values())


def test_a_code_without_an_explanation_is_shown_in_words():
    page = Page([done("ct", warnings=("quite_new",))])
    assert page.data["terms"] == {"quite_new": ["quite new", ""]}


def test_a_figure_that_is_unusual_is_explained():
    usual = [done(f"usual-{n}") for n in range(8)]
    page = Page([*usual, done("odd", bone_ml=9000.0)])
    words, meaning = page.data["terms"]["unusual_bone_ml"]
    assert (words, meaning) == ("unusual bone volume", "What was labelled bone.")
    assert page.rows()[0]["id"] == "odd"


def test_the_summary_counts_every_kind():
    text = re.sub(r"\s+", " ", " ".join(Page(mixed()).text))
    for words in ("5 scans", "1 failed", "1 flagged", "2 with warnings", "3 done", "1 skipped",
                  "Started 2026-03-01 20:15 UTC", "Took 1 h 02 min", "Input night"):  # fmt: skip
        assert words in text


def test_a_cohort_without_scans_says_so():
    page = Page([])
    assert not page.all("table")
    assert "No scan was found in the input." in "".join(page.text)


def test_what_was_said_before_is_in_the_page_the_last_word_of_each():
    lines = [Rating(scan_id="b-plain", rating=word, rater="Ann") for word in ("fail", "pass")]
    other = Rating(scan_id="b-plain", rating="pass", rater="Ben")
    page = Page(mixed(), said=Said((*lines, other)))
    told = [(row["rater"], row["rating"]) for row in page.data["ratings"]]
    assert told == [("Ann", "pass"), ("Ben", "pass")]
    assert "Ann and Ben: 1 of 1 alike" in "".join(page.text)


def test_ratings_that_are_not_understood_are_told_and_cost_nothing_else(tmp_path):
    (tmp_path / "ratings.csv").write_text("scan_id,rating\na,good\n")
    page = Page(mixed(), said=Said.of(tmp_path))
    assert "ratings.csv, line 2: rating 'good'" in "".join(page.text)
    assert len(page.rows()) == 5


def test_filters_offer_what_occurs_with_its_count():
    text = " ".join(Page(mixed()).text)
    for words in ("CT (3)", "modality guessed (2)", "truncated (1)"):
        assert words in text


def test_studies_of_several_scans_can_be_chosen():
    outcomes = [replace(done(f"s{n}"), study_id="study-1") for n in range(2)]
    text = " ".join(Page([*outcomes, done("alone")]).text)
    assert "study-1 (2)" in text
    assert "alone (1)" not in text


def test_a_scan_takes_less_than_one_and_a_half_kilobytes_of_the_page():
    few, many = (
        Page([done(f"site-04-series-with-a-name-{i:05d}", bone_ml=300.0 + i, soft_ml=6000.0 + i,
                   warnings=("modality_guessed",)) for i in range(count)])
        for count in (1000, 2000)
    )  # fmt: skip
    assert len(many.source) - len(few.source) < 1500 * 1000


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (59.96, "1 min 00 s"), (3599.7, "1 h 00 min"), (None, "not known")],
)
def test_time_is_told_in_the_largest_units_that_fit(seconds, words):
    assert duration(seconds) == words
