import re
from importlib import resources
from urllib.parse import unquote

import pytest

from medmask.errors import WriteFailed
from medmask.report import write_report
from medmask.report.write import ASSETS
from tests.report.cohorts import FACTS, done, mixed
from tests.report.pages import Page


def test_every_relative_link_leads_to_a_file(tmp_path):
    outcomes = [done("plain"), done("odd", overlay="scans/o d%/overlay.png", labels="")]
    for path in ("scans/plain/overlay.png", "scans/plain/labels.nii.gz", "scans/o d%/overlay.png"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"")
    page = write_report(tmp_path, outcomes, FACTS)
    assert page == tmp_path / "report" / "index.html"
    addresses = [
        attributes[name]
        for _, attributes in Page(outcomes).tags
        for name in ("href", "src")
        if name in attributes and not attributes[name].startswith("#")
    ]
    assert len(addresses) > 6
    for address in addresses:
        assert (page.parent / unquote(address)).is_file(), address


def test_all_assets_are_written_and_no_other(tmp_path):
    write_report(tmp_path, mixed(), FACTS)
    there = {path.name for path in resources.files("medmask.report").joinpath("assets").iterdir()}
    assert set(ASSETS) == there == {p.name for p in (tmp_path / "report" / "assets").iterdir()}


def test_the_same_outcomes_give_the_same_bytes_in_any_order(tmp_path):
    first = write_report(tmp_path / "a", mixed(), FACTS).read_bytes()
    assert write_report(tmp_path / "b", mixed()[::-1], FACTS).read_bytes() == first


def test_no_path_of_this_machine_is_in_any_file(tmp_path):
    write_report(tmp_path, mixed(), FACTS)
    for path in (tmp_path / "report").rglob("*"):
        if path.is_file():
            assert str(tmp_path) not in path.read_text()


def test_assets_ask_for_nothing_and_run_no_text():
    folder = resources.files("medmask.report").joinpath("assets")
    script = folder.joinpath("report.js").read_text()
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|fetch|XMLHttp", script
    )
    assert len(script.splitlines()) < 150
    for name in ("report.js", "report.css"):
        assert not re.search(r"url\(|@import|https?:", folder.joinpath(name).read_text())


def test_a_report_that_cannot_be_written_is_one_clear_error(tmp_path):
    (tmp_path / "report").write_bytes(b"")
    with pytest.raises(WriteFailed, match="accepted: a writable folder"):
        write_report(tmp_path, mixed(), FACTS)
