import re
import time

import pytest

from medmask.outcome import Outcome, Status
from medmask.report import RunFacts
from medmask.report.page import duration
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
    assert "".join(hostile.text).count(CANARY) >= 8
    assert "49" not in "".join(hostile.text)


def test_no_address_leaves_the_output_or_runs():
    for tag, attributes in page_of(CANARY).tags:
        for name in ("href", "src"):
            if name in attributes:
                assert re.match(r"(\.\./|assets/|#code-)", attributes[name]), (tag, attributes)
                assert not re.search(r"[\"'<>\s]", attributes[name])


@pytest.mark.parametrize(
    "name", ["caf\udce9.dcm", "\ud800", "nul\0", "line\nbreak", "\u202egnp.exe"]
)
def test_any_file_name_can_be_shown(name):
    assert page_of(name).open == []


def test_a_name_that_is_not_utf_8_is_shown_by_its_bytes():
    assert any(r"caf\udce9.dcm" in row for row in page_of("caf\udce9.dcm").row_texts())


def test_there_is_no_inline_script_or_style_and_the_policy_forbids_them():
    page = Page(mixed())
    assert all(attributes.get("src") for attributes in page.all("script"))
    assert not page.all("style")
    assert not any(
        name == "style" or name.startswith("on") for _, names in page.tags for name in names
    )
    policy = page.all("meta")[1]
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert policy["content"].startswith(
        "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'"
    )


def test_nothing_is_asked_of_any_host():
    assert not re.search(r"https?:|//", re.sub(r"\s", "", Page(mixed()).source))


def test_failures_come_first_then_doubts_then_the_rest():
    sources = [re.search(r"[a-e]-\w+\.(nii\.gz|dcm)", row)[0] for row in Page(mixed()).row_texts()]
    assert sources == [
        "e-broken.nii.gz",
        "d-flagged.nii.gz",
        "c-warned.nii.gz",
        "b-plain.nii.gz",
        "a-seg.dcm",
    ]


def test_a_failure_is_shown_with_its_code_message_and_source():
    row = Page(mixed()).row_texts()[0]
    assert "truncated" in row
    assert "12 of 40 bytes; accepted: a whole file" in row
    assert "e-broken.nii.gz" in row


def test_every_outcome_is_shown_once():
    outcomes = [done(f"scan{i:04d}x") if i % 3 else failed(f"scan{i:04d}x") for i in range(200)]
    rows = Page(outcomes).row_texts()
    assert len(rows) == 200
    assert {re.search(r"scan\d{4}x", row)[0] for row in rows} == {each.scan_id for each in outcomes}


def test_every_done_scan_has_its_picture_lazily_and_at_full_size():
    page = Page(mixed())
    pictures = page.all("img")
    assert [picture["src"] for picture in pictures] == [
        f"../scans/{name}/overlay.png" for name in ("d-flagged", "c-warned", "b-plain")
    ]
    assert all(picture["loading"] == "lazy" for picture in pictures)
    assert {picture["src"] for picture in pictures} <= {a["href"] for a in page.all("a")}


def test_figures_stand_with_their_units():
    row = Page([done("ct")]).row_texts()[0].replace("\N{MULTIPLICATION SIGN}", "x")
    for figure in ("512 x 512 x 40", "0.977 x 0.977 x 3.27 mm", "level 32", "190 HU",
                   "level 64", "226 HU", "6,242.9 ml", "312.1 ml", "2.5 s"):  # fmt: skip
        assert figure in row


def test_codes_are_explained_where_they_stand_and_below():
    page = Page(mixed())
    links = [a for a in page.all("a") if a["href"].startswith("#code-")]
    assert all(a["title"] for a in links)
    anchors = {f"#{div['id']}" for div in page.all("div") if "id" in div}
    assert {a["href"] for a in links} == anchors
    assert anchors == {"#code-annotation", "#code-empty_mask", "#code-modality_guessed",
                       "#code-truncated"}  # fmt: skip


def test_a_code_without_an_explanation_is_shown_in_words():
    page = Page([done("ct", warnings=("quite_new",))])
    assert "quite new" in page.row_texts()[0]
    assert not [a for a in page.all("a") if "quite" in a["href"]]


def test_the_summary_counts_every_kind():
    text = re.sub(r"\s+", " ", " ".join(Page(mixed()).text))
    for words in ("5 scans", "1 failed", "1 flagged", "2 with warnings", "3 done", "1 skipped",
                  "Started 2026-03-01 20:15 UTC", "Took 1 h 02 min", "Input night"):  # fmt: skip
        assert words in text


def test_a_cohort_without_scans_says_so():
    page = Page([])
    assert not page.all("table")
    assert "No scan was found in the input." in "".join(page.text)


def test_five_thousand_scans_take_seconds_and_few_megabytes():
    outcomes = [done(f"scan-{i}") for i in range(5000)]
    begin = time.perf_counter()
    page = Page(outcomes)
    assert time.perf_counter() - begin < 20
    assert len(page.rows) == 5001
    assert len(page.source) < 15_000_000


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (59.96, "1 min 00 s"), (3599.7, "1 h 00 min"), (None, "not known")],
)
def test_time_is_told_in_the_largest_units_that_fit(seconds, words):
    assert duration(seconds) == words
