"""The cohort page as a reader uses it."""

import csv
import io
import json

import pytest

from tests.functional.commands import medmask

SOURCES = {
    "truncated.nii.gz", "ct-thorax-like", "ct-thorax-like.nii.gz", "hand-xray.png",
    "hand-xray-16bit.png", "mr-head-like_T1w.nii.gz",
}  # fmt: skip


@pytest.fixture
def page(visitor, sample_run):
    return visitor.open(sample_run)


def names(page):
    """Return the scans shown, in their order."""
    return page.locator("#scans tbody .source").all_inner_texts()


def row(page, source):
    return page.locator("#scans tbody tr", has=page.get_by_text(source, exact=True))


def saved(page):
    """Return the rows of the ratings that the page writes."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Save ratings.csv").click()
    text = download.value.path().read_bytes().decode()
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text)))


def test_every_scan_is_shown_the_failure_first_with_its_reason(page):
    assert set(names(page)) == SOURCES
    first = page.locator("#scans tbody tr").first
    assert "truncated.nii.gz" in first.inner_text()
    assert "the gzip stream has no end" in first.inner_text()
    assert "medmask run INPUT OUTPUT --retry-failed" in first.inner_text()


def test_pictures_are_there(page):
    page.wait_for_function(
        "() => Array.from(document.querySelectorAll('tr:not(.is-failed, .is-skipped) .picture'))"
        ".every((image) => image.complete && image.naturalWidth > 100)"
    )
    assert page.locator("tr:not(.is-failed, .is-skipped) img.picture").count() == len(SOURCES) - 1


def test_search_filters_and_groups_narrow_what_is_shown(page):
    page.get_by_label("Search").fill("HAND xray")
    assert set(names(page)) == {s for s in SOURCES if "hand" in s}
    page.get_by_label("Search").fill("no such scan")
    assert names(page) == []
    page.get_by_label("Search").fill("")
    page.locator("#modality").select_option("CT")
    assert set(names(page)) == {"ct-thorax-like", "ct-thorax-like.nii.gz"}
    page.locator("#modality").select_option("")
    page.locator("#code").select_option("truncated")
    assert names(page) == ["truncated.nii.gz"]
    page.locator("#code").select_option("")
    page.get_by_role("button", name="failed").click()
    assert names(page) == ["truncated.nii.gz"]
    assert page.locator("#shown").inner_text() == "1 of 6 shown"


def test_dots_of_what_is_filtered_out_are_dimmed(page):
    films = page.locator("details", has_text="XR").first
    films.locator("summary").click()
    page.get_by_label("Search").fill("hand-xray-16bit.png")
    page.wait_for_selector("circle.dim", state="attached")
    index = row(page, "hand-xray-16bit.png").get_attribute("data-index")
    assert "dim" not in (
        page.locator(f"circle[data-i='{index}']").first.get_attribute("class") or ""
    )


def test_a_dot_names_its_scan(page):
    page.locator("details", has_text="XR").first.locator("summary").click()
    dot = page.locator("details[open] figure").last.locator("circle").first
    dot.hover()
    named = page.locator("details[open] figure").last.locator("output").inner_text()
    assert named in SOURCES


def test_headings_sort_and_sort_the_other_way(page):
    page.get_by_role("button", name="Table").click()
    page.get_by_role("button", name="Scan", exact=True).click()
    first = names(page)
    assert (first[0], first[-1]) == ("ct-thorax-like", "truncated.nii.gz")
    page.get_by_role("button", name="Scan", exact=True).click()
    assert names(page) == first[::-1]


def test_what_is_unknown_is_sorted_last_either_way(page):
    page.get_by_role("button", name="Table").click()
    for _ in range(2):
        page.get_by_role("button", name="Soft tissue", exact=True).click()
        assert names(page)[-1] == "truncated.nii.gz"


def test_a_scan_is_rated_by_keyboard_and_the_rating_outlives_the_page(page):
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("3")
    second = names(page)[1]
    assert row(page, second).locator(".mark").inner_text() == "fail"
    page.reload()
    assert row(page, second).locator(".mark").inner_text() == "fail"
    page.locator("#rated").select_option("fail")
    assert names(page) == [second]
    page.keyboard.press("Escape")
    row(page, second).locator(".open").focus()
    page.keyboard.press("0")
    assert row(page, second).locator(".mark").inner_text() == ""


def test_a_note_is_written_by_keyboard_and_digits_in_it_rate_nothing(page):
    page.keyboard.press("ArrowRight")
    page.keyboard.press("n")
    page.keyboard.type("rib 3 is cut")
    page.keyboard.press("Tab")
    (one,) = saved(page)
    assert (one["note"], one["rating"]) == ("rib 3 is cut", "")


def test_ratings_are_exported_with_what_they_are_about(page, sample_run):
    page.get_by_label("Your name").fill("=Ann")
    page.get_by_label("Your name").press("Tab")
    row(page, "hand-xray.png").locator(".open").focus()
    page.keyboard.press("2")
    page.locator("#rating [name=note]").fill('=1+1, "odd"')
    page.locator("#rating [name=note]").press("Tab")
    (one,) = saved(page)
    folder = next((sample_run / "scans").glob("hand-xray-b*"))
    provenance = json.loads((folder / "scan.json").read_text())["provenance"]
    assert one["scan_id"] == folder.name
    assert (one["rating"], one["note"], one["rater"]) == ("doubtful", '\'=1+1, "odd"', "'=Ann")
    assert one["recipe_sha256"] == provenance["recipe_sha256"]
    assert one["inputs_sha256"] == provenance["inputs_sha256"]
    assert one["time"].endswith("Z")


def test_an_exported_table_is_imported_by_another_browser(page, visitor, sample_run, tmp_path):
    row(page, "hand-xray.png").locator(".open").focus()
    page.keyboard.press("1")
    page.locator("#rating [name=note]").fill('=a "b", c')
    page.locator("#rating [name=note]").press("Tab")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save ratings.csv").click()
    table = tmp_path / "ratings.csv"
    table.write_bytes(download.value.path().read_bytes() + b"elsewhere-00,fail,,,,,\r\n")
    page.evaluate("localStorage.clear()")
    page.reload()
    assert saved(page) == []
    page.locator("#import").set_input_files(table)
    page.wait_for_function("() => document.getElementById('said').textContent !== ''")
    said = page.locator("#said").inner_text()
    assert said == "1 ratings imported; 1 are of other scans or recipes."
    assert row(page, "hand-xray.png").locator(".mark").inner_text() == "pass"
    assert page.locator("tbody .mark.is-fail").count() == 0
    assert saved(page)[0]["note"] == '\'=a "b", c'


def test_ratings_of_another_recipe_are_not_taken(page, tmp_path):
    (one,) = (s for s in page.evaluate("scans.map((s) => s.id)") if s.startswith("hand-xray-b"))
    table = tmp_path / "ratings.csv"
    table.write_text(f"scan_id,rating,recipe_sha256\n{one},fail,{'0' * 64}\n")
    page.locator("#import").set_input_files(table)
    page.wait_for_function("() => document.getElementById('said').textContent !== ''")
    assert page.locator("#said").inner_text().startswith("0 ratings imported")


def test_what_was_rated_without_a_name_belongs_to_the_name_given_later(page):
    row(page, "hand-xray.png").locator(".open").focus()
    page.keyboard.press("1")
    page.get_by_label("Your name").fill("Ben")
    page.get_by_label("Your name").press("Tab")
    (one,) = saved(page)
    assert (one["rater"], one["rating"]) == ("Ben", "pass")


def test_printing_draws_every_row(page):
    page.get_by_label("Search").fill("")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(names(page)) == len(SOURCES)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})  # A4
    assert page.evaluate("document.documentElement.scrollWidth") <= 794
    assert page.pdf()[:4] == b"%PDF"


def test_the_single_file_works_alone(visitor, sample_run, tmp_path):
    assert medmask("report", sample_run, "--single-file").returncode == 0
    alone = tmp_path / "mailed"
    alone.mkdir()
    (sample_run / "report" / "single-file.html").rename(alone / "report.html")
    page = visitor.open(alone, "report.html")
    assert set(names(page)) == SOURCES
    page.wait_for_function(
        "() => Array.from(document.querySelectorAll('tr.is-done .picture'))"
        ".every((image) => image.complete && image.naturalWidth > 100)"
    )
    page.keyboard.press("ArrowRight")
    page.keyboard.press("3")
    assert saved(page)[0]["rating"] == "fail"
    assert [url for url in visitor.requests if url.startswith("file:")] == [
        (alone / "report.html").as_uri()
    ]


def test_a_narrow_screen_is_not_scrolled_sideways(visitor, sample_run):
    page = visitor.open(sample_run)
    page.set_viewport_size({"width": 390, "height": 800})
    page.reload()
    page.keyboard.press("ArrowRight")
    for view in ("Table", "Pictures"):
        page.get_by_role("button", name=view).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
