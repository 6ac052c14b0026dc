import re
from dataclasses import replace

import pytest

from medmask.report.page import environment
from medmask.report.scan_account import ScanAccount
from medmask.report.scan_page import Known, Place, render_scan
from medmask.report.triage import Kin, Triage
from tests.report.accounts import account, document, layer, plane
from tests.report.cohorts import CANARY, done, failed, findings, skipped
from tests.report.pages import Parts


def page(outcome, told=None, others=()):
    """The page of the first of some outcomes, taken apart."""
    triage = Triage.of(findings([outcome, *others]))
    number = [each.finding.outcome for each in triage.judged].index(outcome)
    around = [None, *triage.judged, None]
    place = Place(number + 1, len(triage.judged), around[number], around[number + 2])
    usual = triage.usual.get(Kin.of(triage.judged[number].finding), {})
    told = ScanAccount() if told is None else told
    template = environment().get_template("scan.html.jinja")
    return Parts(render_scan(template, triage.judged[number], told, Known(place, usual)).decode())


@pytest.mark.parametrize(
    ("outcome", "told"),
    [(done("a"), account()), (done("a"), None), (failed("a"), None), (skipped("a"), None)],
)
def test_every_tag_is_closed(outcome, told):
    assert page(outcome, told).open == []


def test_a_failure_is_told_with_its_reason_and_how_to_try_again():
    words = page(failed("a b")).words()
    assert "12 of 40 bytes; accepted: a whole file" in words
    assert "medmask run INPUT OUTPUT --retry-failed --only 'a b.nii.gz'" in words
    assert page(failed("a")).data["viewer"] is None


def test_a_scan_is_headed_by_its_own_id_with_its_source_below():
    parts = page(replace(done("p001"), source="site1/ct.nii.gz"))
    assert "p001 - medmask" in parts.words()
    assert "Source site1/ct.nii.gz" in parts.words()
    assert "Scan id" not in parts.words()


def test_doubts_and_warnings_are_told_in_the_words_of_the_scan():
    notes = {"flags": [{"code": "empty_mask", "message": "nothing lies above"}],
             "warnings": [{"code": "modality_guessed", "message": "guessed as CT"}]}  # fmt: skip
    outcome = done("a", flags=("empty_mask",), warnings=("modality_guessed",))
    words = page(outcome, account(**notes)).words()
    assert "modality guessed guessed as CT" in words
    assert "empty mask" in words


def test_pages_lead_to_one_another_in_the_order_of_the_report():
    outcomes = [failed("a"), done("b"), done("c")]
    middle = page(outcomes[1], others=[outcomes[0], outcomes[2]])
    links = {a["rel"]: a["href"] for a in middle.all("a") if "rel" in a}
    assert links == {"prev": "a.html", "next": "c.html"}
    assert "2 of 3" in middle.words()
    first = page(outcomes[0], others=outcomes[1:])
    assert [a["rel"] for a in first.all("a") if "rel" in a] == ["next"]


def test_every_layer_has_its_controls_and_its_two_filters():
    parts = page(done("a"), account())
    filters = {one["id"] for one in parts.all("filter")}
    assert filters == {"window", "fill-0", "contour-0", "fill-1", "contour-1"}
    boxes = [one for one in parts.all("input") if one.get("class") == "shown"]
    assert ["checked" in one for one in boxes] == [True, True]
    matrices = [one["values"].split() for one in parts.all("fecolormatrix")]
    assert all(len(matrix) == 20 for matrix in matrices)


def test_every_control_has_a_name():
    parts = page(done("a"), account())
    nameless = [
        one for tag in ("input", "select", "button") for one in parts.all(tag)
        if not ("aria-label" in one or tag == "button") and "name" not in one and "id" not in one
    ]  # fmt: skip
    assert all(one["class"] in ("shown", "style") for one in nameless)  # inside their labels


def test_a_film_has_neither_scrubber_nor_planes_to_enlarge():
    film = plane("slice", slices=(0,), of=1) | {"positions_mm": [None], "sides": [""] * 4}
    parts = page(done("a"), account(review=document()["review"] | {"planes": [film]}))
    classes = {one.get("class") for tag in ("input", "button") for one in parts.all(tag)}
    assert not classes & {"scrub", "enlarge"}
    assert not [one for one in parts.all("span") if "side" in one.get("class", "")]


def test_without_sheets_the_montage_is_shown():
    parts = page(done("a"), account(review=None))
    assert [one["src"] for one in parts.all("img")] == ["../../scans/a/overlay.png"]
    assert not parts.all("figure")


def test_annotations_are_shown_with_verdict_and_agreement():
    one = {"name": "GTV", "kind": "rtstruct", "file": None, "voxels": 1234, "volume_ml": 5.6,
           "verdict": {"fit": "partly_outside", "message": "3 % outside"},
           "dice_bone": 0.98765, "dice_soft_tissue": None,
           "agreement_bone": {"hd95_mm": 3.21, "mean_surface_mm": 0.5}}  # fmt: skip
    words = page(done("a"), account(annotations=[one])).words()
    assert "GTV rtstruct partly outside 3 % outside 1,234 voxels, 5.6 ml" in words
    assert "5.6 ml 0.988 0.5 mm, 95 % within 3.2 mm" in words


def test_figures_stand_before_the_range_of_the_others():
    words = page(done("a", bone_ml=100.0), account(), [done("b", bone_ml=300.0)]).words()
    assert "bone volume 100 ml" in words
    assert "median 200 ml of 2" in words


def test_what_each_step_did_is_shown():
    steps = [{"step": "threshold", "voxels": 10, "volume_ml": 1.0},
             {"step": "remove_small", "voxels": 5, "volume_ml": 0.5}]  # fmt: skip
    words = page(done("a"), account(figures={"changes": {"body": [], "bone": steps}})).words()
    assert "remove small 0.5 ml \N{MINUS SIGN}50.0 %" in words


def test_ratings_go_by_the_content_of_scan_and_recipe():
    data = page(done("a"), account()).data
    assert data["scan"]["id"] == "a"
    assert data["scan"]["recipe"] == "a" * 64
    assert data["scan"]["key"]


def hostile(text):
    review = document()["review"] | {"layers": [layer(text)], "planes": [plane(text)]}
    review["planes"][0] |= {"grey": text, "masks": [text], "sides": [text] * 4}
    names = {"name": text, "kind": text, "verdict": {"fit": text, "message": text}}
    more = {"recipe": text, "review": review, "annotations": [names],
            "warnings": [{"code": text, "message": text}],
            "scale": {"kind": text, "unit": text}}  # fmt: skip
    outcome = done(text, warnings=(text,), flags=(text,), message=text)
    return page(outcome, account(**more), [failed(text, text, text)])


def test_no_text_becomes_markup():
    plain, bad = hostile("a"), hostile(CANARY)
    assert [tag for tag, _ in bad.tags] == [tag for tag, _ in plain.tags]
    assert [list(names) for _, names in bad.tags] == [list(names) for _, names in plain.tags]
    assert "".join(bad.text).count(CANARY) >= 8


def test_no_address_leaves_the_output():
    bad = hostile(CANARY)
    sheets = [s for one in bad.data["viewer"]["planes"] for s in one["sheets"]]
    for address in [*bad.addresses(), *sheets]:
        assert not re.search(r"[\"'<>\s()\\]", address)
        assert ":" not in address


def test_nothing_runs_inline_and_nothing_is_asked_of_any_host():
    parts = page(done("a"), account())
    names = {name for _, attributes in parts.tags for name in attributes}
    assert not {name for name in names if name == "style" or name.startswith("on")}
    policy = parts.all("meta")[1]["content"]
    assert policy.startswith("default-src 'none'; img-src 'self'; style-src 'self'; script-src")
    assert "https:" not in parts.source
