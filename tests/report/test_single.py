import base64
import hashlib
import re

import pytest

from medmask.report.single import SCRIPTS, Single
from medmask.report.write import write_single
from tests.report.cohorts import CANARY, FACTS, done, findings, mixed


@pytest.fixture
def page(tmp_path):
    thumb = tmp_path / "scans" / "b-plain" / "overlay.png"
    thumb.parent.mkdir(parents=True)
    thumb.write_bytes(b"\x89PNG...")
    return write_single(tmp_path, findings(mixed()), FACTS).read_text()


def test_pictures_are_in_the_page_and_one_that_is_gone_costs_only_itself(page):
    wanted = f"data:image/png;base64,{base64.b64encode(bytes([0x89]) + b'PNG...').decode()}"
    assert page.count(wanted) == 1
    assert "d-flagged" in page


def test_the_page_leads_to_no_file(page):
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert addresses
    assert all(address.startswith("data:") for address in addresses)
    assert "../scans" not in page


def test_the_policy_names_the_very_bytes_of_style_and_scripts(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    inline = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    inline += re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert len(inline) == len(SCRIPTS) + 1
    for text in inline:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "img-src data:" in policy


def test_what_is_put_into_the_page_ends_no_element(tmp_path):
    single = Single.of(tmp_path)
    for text in (single.style, *single.scripts):
        assert not re.search(r"</|<!--", text)


def test_no_text_becomes_markup_here_either(tmp_path):
    rows = findings([done(CANARY, modality=CANARY, warnings=(CANARY,))])
    page = write_single(tmp_path, rows, FACTS).read_text()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
