"""A served report, with two readers at once."""

import threading

import pytest

from medmask.cohort import Journal
from medmask.report.ratings import read_ratings
from medmask.report.serve import ReportDesk, ReportServer
from tests.report.browser.visitor import Visitor


@pytest.fixture
def server(sample_run):
    with Journal(sample_run) as journal:
        names = frozenset(row.scan_id for row in journal.outcomes())
    with ReportServer(ReportDesk(sample_run, names)) as one:
        threading.Thread(target=one.serve_forever, args=(0.05,), daemon=True).start()
        yield one
        one.shutdown()
    (sample_run / "ratings.csv").unlink(missing_ok=True)


def rate(page, name, key):
    """Rate the hand film under a name."""
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your name").press("Tab")
    page.locator("tbody tr", has=page.get_by_text("hand-xray.png", exact=True)).locator(
        ".open"
    ).focus()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press(key)


def mark(page):
    film = page.locator("tbody tr", has=page.get_by_text("hand-xray.png", exact=True))
    return film.locator(".mark").inner_text()


def test_two_raters_save_to_one_table_and_see_how_far_they_agree(
    chromium, visitor, server, sample_run
):
    ann = visitor.open_served(server)
    rate(ann, "Ann", "3")
    other = Visitor(chromium.new_context())
    ben = other.open_served(server)
    ben.wait_for_function("() => document.querySelector('.mark.is-unrated')?.textContent !== null")
    rate(ben, "Ben", "1")
    ben.wait_for_function("() => document.getElementById('said').textContent.includes('kappa')")
    said = ben.locator("#said").inner_text()
    assert said == "Ann and Ben: 0 of 1 alike (0 %), Cohen's kappa 0.00."
    assert mark(ben) == "pass, Ann: fail"
    ann.reload(wait_until="networkidle")
    ann.wait_for_function("() => document.getElementById('said').textContent.includes('kappa')")
    assert mark(ann) == "fail, Ben: pass"
    kept = read_ratings(sample_run / "ratings.csv")
    assert [(one.rater, one.rating) for one in kept] == [("Ann", "fail"), ("Ben", "pass")]
    assert (other.complaints, other.strays()) == ([], [])
    other.context.close()


def test_nobody_rates_without_a_name_on_a_server(visitor, server, sample_run):
    page = visitor.open_served(server)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("3")
    assert "write your name first" in page.locator("#said").inner_text()
    assert not (sample_run / "ratings.csv").exists()


def test_a_server_that_is_gone_is_told_and_the_rating_kept(visitor, server):
    page = visitor.open_served(server)
    page.get_by_label("Your name").fill("Ann")
    page.get_by_label("Your name").press("Tab")
    page.route("**/ratings", lambda route: route.abort())
    page.keyboard.press("ArrowRight")
    page.keyboard.press("2")
    page.wait_for_function(
        "() => document.getElementById('said').textContent.startsWith('Not saved')"
    )
    assert page.locator("tbody tr").first.locator(".mark").inner_text() == "doubtful"
    visitor.complaints.clear()  # the browser notes that the request was cut


def test_a_scans_own_page_saves_its_rating_too(visitor, server, sample_run):
    page = visitor.open_served(server)
    page.get_by_label("Your name").fill("Ann")
    page.get_by_label("Your name").press("Tab")
    page.locator("tbody tr", has=page.get_by_text("hand-xray.png", exact=True)).locator(
        ".open"
    ).click()
    page.wait_for_selector(".frame .grey")
    assert page.locator("#rater").input_value() == "Ann"
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("2")
    (one,) = read_ratings(sample_run / "ratings.csv")
    assert (one.rater, one.rating) == ("Ann", "doubtful")
    assert one.scan_id in page.url
