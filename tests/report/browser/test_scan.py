"""A scan's page as a reader uses it."""

import json

import numpy as np
import pytest

from tests.report.browser.pixels import drawn

BONE = (255, 180, 0)  # #ffb400
SOFT = (0, 160, 255)  # #00a0ff
MOVED = "(was) => document.querySelector('h1').innerText !== was"


def page_of(visitor, output, source):
    """Open the page of a scan by its file's name."""
    index = visitor.open(output)
    index.locator("#scans tbody tr", has=index.get_by_text(source, exact=True)).locator(
        ".open"
    ).click()
    index.wait_for_selector("#rating .buttons")
    index.evaluate("document.querySelectorAll('.side').forEach((side) => (side.hidden = true))")
    return index


@pytest.fixture
def ct(visitor, sample_run):
    return page_of(visitor, sample_run, "ct-thorax-like")


@pytest.fixture
def film(visitor, sample_run):
    return page_of(visitor, sample_run, "hand-xray.png")


def stage(page, n=0):
    return page.locator(".stage").nth(n)


def layer(page, name):
    return page.locator(".layers li", has_text=name)


def only(page, name, style="fill", opacity="1"):
    """Show one layer alone."""
    for row in page.locator(".layers li").all():
        row.locator(".shown").set_checked(name in row.inner_text())
    chosen = layer(page, name)
    chosen.locator(".style").select_option(style)
    chosen.locator(".opacity").fill(opacity)
    page.evaluate("document.activeElement.blur()")


def bare(page):
    """Show no layer."""
    for row in page.locator(".layers li").all():
        row.locator(".shown").set_checked(False)
    page.evaluate("document.activeElement.blur()")


def account(page, output):
    scan_id = page.url.rsplit("/", 1)[1].removesuffix(".html")
    return json.loads((output / "scans" / scan_id / "scan.json").read_text())


def test_opacity_mixes_as_the_formula_says(film):
    bare(film)
    base = drawn(stage(film))
    only(film, "bone")
    full = drawn(stage(film))
    inside = (full == BONE).all(axis=2)
    assert inside.sum() > 1000
    for opacity in (0.25, 0.7):
        layer(film, "bone").locator(".opacity").fill(str(opacity))
        mixed = drawn(stage(film))
        expected = (1 - opacity) * base + opacity * np.array(BONE)
        assert np.abs(mixed - expected)[inside].max() <= 2  # the browser rounds twice
    outside = (full == base).all(axis=2)
    assert outside.sum() > 10_000
    assert (mixed == base)[outside].all()


def test_layers_are_filled_or_outlined_or_hidden(film):
    bare(film)
    base = drawn(stage(film))
    only(film, "bone")
    filled = (drawn(stage(film)) != base).any(axis=2)
    only(film, "bone", "contour")
    outlined = (drawn(stage(film)) != base).any(axis=2)
    assert 0 < outlined.sum() < 0.4 * filled.sum()
    assert not (outlined & ~filled).any()


def test_soft_tissue_is_outlined_without_the_holes_of_bone(ct):
    only(ct, "soft tissue")
    filled = (drawn(stage(ct)) == SOFT).all(axis=2)
    only(ct, "bone")
    bone = (drawn(stage(ct)) == BONE).all(axis=2)
    assert not (filled & bone).any()
    only(ct, "soft tissue", "contour")
    line = (drawn(stage(ct)) == SOFT).all(axis=2)
    middle = np.zeros_like(line)
    middle[80:-80, 120:-120] = True
    assert line.any()
    assert not (line & bone & middle).any()


def test_a_mask_that_runs_out_of_the_picture_is_not_closed_along_its_edge(film):
    only(film, "soft tissue")
    filled = (drawn(stage(film)) == SOFT).all(axis=2)
    assert filled[-2].sum() > 50  # the forearm leaves the picture at its foot
    only(film, "soft tissue", "contour")
    outlined = (drawn(stage(film)) == SOFT).all(axis=2)
    assert outlined[-2].sum() < 0.3 * filled[-2].sum()


def test_windows_are_the_grey_that_the_window_says(ct):
    bare(ct)
    ct.locator("#level").fill("0")
    ct.locator("#width").fill("100000")
    wide = drawn(stage(ct))[..., 0]
    near = np.abs(wide - 127.5) < 6  # all of a CT lies near the middle, and padding is black
    assert (near | (wide == 0)).mean() > 0.98
    assert near.mean() > 0.5
    ct.locator("#preset").select_option("bone")
    assert ct.locator("#level").input_value() == "400.0"
    bone = drawn(stage(ct))[..., 0]
    ct.locator("#preset").select_option("lung")
    lung = drawn(stage(ct))[..., 0]
    assert (lung >= bone).mean() > 0.99
    values, counts = np.unique(bone, return_counts=True)
    muscle = 255 * (40 - (400 - 900)) / 1800  # the samples' muscle is 40 HU
    assert counts[np.abs(values - muscle) < 4].sum() > 2000


def test_slices_are_scrubbed_by_keys_wheel_and_slider(ct):
    caption = ct.locator(".pane output").first
    first = caption.inner_text()
    before = drawn(stage(ct))
    stage(ct).hover()
    ct.mouse.wheel(0, 100)
    ct.wait_for_function("(was) => document.querySelector('output').textContent !== was", arg=first)
    assert (drawn(stage(ct)) != before).any()
    stage(ct).focus()
    ct.keyboard.press("ArrowUp")
    assert caption.inner_text() == first
    assert (drawn(stage(ct)) == before).all()
    ct.locator(".scrub").first.fill("0")
    top = caption.inner_text()
    assert top.endswith("48 of 48")
    stage(ct).focus()
    ct.keyboard.press("ArrowUp")
    assert caption.inner_text() == top


def test_sheets_show_the_slice_that_the_caption_names(ct, sample_run):
    """The sagittal and coronal pictures of a slice far off the middle hold no bone of the spine."""
    review = account(ct, sample_run)["review"]
    assert [plane["name"] for plane in review["planes"]] == ["axial", "coronal", "sagittal"]
    only(ct, "bone")
    found = []
    for n in (0, 12, 23):
        ct.locator(".scrub").nth(2).fill(str(n))
        found.append(int((drawn(stage(ct, 2)) == BONE).all(axis=2).sum()))
    assert found[1] > 3 * max(found[0], found[2])


def test_keys_switch_layers_styles_and_windows(ct):
    shown = drawn(stage(ct))
    ct.keyboard.press("l")
    plain = drawn(stage(ct))
    assert (plain != shown).any()
    assert (plain[..., 0] == plain[..., 2]).all()
    ct.keyboard.press("l")
    assert (drawn(stage(ct)) == shown).all()
    ct.keyboard.press("o")
    assert ct.locator(".style").first.input_value() == "contour"
    ct.keyboard.press("w")
    assert ct.locator("#preset").input_value() == "soft tissue"


def test_a_film_is_zoomed_about_the_pointer_and_moved(film):
    before = drawn(stage(film))
    stage(film).hover()
    for _ in range(4):
        film.mouse.wheel(0, -100)
    film.wait_for_function("panes[0].zoom > 2.4")
    zoomed = drawn(stage(film))
    assert (zoomed != before).mean() > 0.2
    box = stage(film).bounding_box()
    film.mouse.move(box["x"] + 200, box["y"] + 200)
    film.mouse.down()
    film.mouse.move(box["x"] + 240, box["y"] + 230, steps=4)
    film.mouse.up()
    moved = drawn(stage(film))
    assert np.abs(moved[60:500, 60:500] - zoomed[30:470, 20:460]).mean() < 3
    film.get_by_role("button", name="Fit").click()
    assert (drawn(stage(film)) == before).all()


def test_one_to_one_shows_a_films_own_pixels(film, sample_run):
    film.get_by_role("button", name="1:1").click()
    width = film.evaluate("document.querySelector('.frame').getBoundingClientRect().width")
    assert width == pytest.approx(max(512, stage(film).bounding_box()["width"]), abs=1)


def test_a_plane_is_enlarged(ct):
    narrow = stage(ct).bounding_box()["width"]
    ct.get_by_role("button", name="Enlarge axial").click()
    assert stage(ct).bounding_box()["width"] > 1.5 * narrow


def test_a_rating_made_on_the_page_is_known_to_the_cohort(ct):
    ct.keyboard.press("3")
    assert ct.locator("header .mark").inner_text() == "fail"
    ct.keyboard.press("n")
    ct.keyboard.type("table 1")
    ct.keyboard.press("Tab")
    ct.reload()
    assert ct.locator("header .mark").inner_text() == "fail"
    assert ct.locator("#rating [name=note]").input_value() == "table 1"
    ct.get_by_role("link", name="All scans").click()
    row = ct.locator("#scans tbody tr", has=ct.get_by_text("ct-thorax-like", exact=True))
    assert row.locator(".mark").inner_text() == "fail"


def test_arrows_walk_through_all_scans_and_failures_have_a_page(visitor, sample_run):
    page = page_of(visitor, sample_run, "truncated.nii.gz")
    assert "the gzip stream has no end" in page.locator(".said").inner_text()
    assert page.locator("#viewer").count() == 0
    total = int(page.locator(".steps span").last.inner_text().split()[-1])
    seen = [page.locator("h1").inner_text()]
    while page.locator("[rel=next]").count():
        page.keyboard.press("ArrowRight")
        page.wait_for_function(MOVED, arg=seen[-1])
        seen.append(page.locator("h1").inner_text())
    assert len(seen) == len(set(seen)) == total
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(MOVED, arg=seen[-1])
    assert page.locator("h1").inner_text() == seen[-2]


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_runs_out_of_the_screen_and_it_prints(ct, width):
    ct.set_viewport_size({"width": width, "height": 800})
    assert ct.evaluate("document.documentElement.scrollWidth") <= width
    assert ct.pdf()[:4] == b"%PDF"
