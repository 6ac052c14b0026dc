import re
from importlib import resources
from urllib.parse import unquote

import pytest

from medmask.errors import WriteFailed
from medmask.report import write_report
from medmask.report.write import ASSETS
from tests.report.cohorts import FACTS, done, findings, mixed
from tests.report.pages import Page


def test_every_relative_link_leads_to_a_file(tmp_path):
    outcomes = [done("plain"), done("odd", overlay="scans/o d%/overlay.png", labels="")]
    for path in ("scans/plain/overlay.png", "scans/plain/labels.nii.gz", "scans/o d%/overlay.png"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"")
    page = write_report(tmp_path, findings(outcomes), FACTS)
    assert page == tmp_path / "report" / "index.html"
    parts = Page(outcomes)
    addresses = [
        attributes[name]
        for _, attributes in parts.tags
        for name in ("href", "src")
        if name in attributes and attributes[name] != "../scans.csv"
    ]
    addresses += [row[name] for row in parts.rows() for name in ("page", "thumb", "labels")]
    addresses = [address for address in addresses if address]
    assert len(addresses) > 6
    for address in addresses:
        assert (page.parent / unquote(address)).is_file(), address


def test_all_assets_are_written_and_no_other(tmp_path):
    write_report(tmp_path, findings(mixed()), FACTS)
    there = {path.name for path in resources.files("medmask.report").joinpath("assets").iterdir()}
    assert set(ASSETS) == there == {p.name for p in (tmp_path / "report" / "assets").iterdir()}


def test_the_same_outcomes_give_the_same_bytes_in_any_order(tmp_path):
    first = write_report(tmp_path / "a", findings(mixed()), FACTS).read_bytes()
    assert write_report(tmp_path / "b", findings(mixed()[::-1]), FACTS).read_bytes() == first


def test_no_path_of_this_machine_is_in_any_file(tmp_path):
    write_report(tmp_path, findings(mixed()), FACTS)
    for path in (tmp_path / "report").rglob("*"):
        if path.is_file():
            assert str(tmp_path) not in path.read_text()


SCRIPTS = [name for name in ASSETS if name.endswith(".js")]


@pytest.mark.parametrize("name", ASSETS)
def test_assets_ask_for_nothing_and_run_no_text(name):
    text = resources.files("medmask.report").joinpath("assets", name).read_text()
    assert not re.search(r"url\((?!#|\"\$\{address\}\")|@import|https:", text)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|XMLHttp", text)
    assert text.count("fetch(") == (1 if name == "ratings.js" else 0)  # to `medmask serve` alone


def test_the_scripts_stay_small_enough_to_be_read():
    folder = resources.files("medmask.report").joinpath("assets")
    assert sum(len(folder.joinpath(name).read_text().splitlines()) for name in SCRIPTS) < 700


def test_a_report_that_cannot_be_written_is_one_clear_error(tmp_path):
    (tmp_path / "report").write_bytes(b"")
    with pytest.raises(WriteFailed, match="accepted: a writable folder"):
        write_report(tmp_path, findings(mixed()), FACTS)
