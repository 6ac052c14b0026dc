import json
import os

from medmask.report.ratings import Rating, Said
from medmask.report.scan_pages import write_scan_pages
from medmask.report.triage import Triage
from tests.report.accounts import document
from tests.report.cohorts import FACTS, done, failed, findings
from tests.report.pages import Parts


def written(output, outcomes, said=None):
    """Write the pages of some outcomes and return them by name, taken apart."""
    write_scan_pages(output, Triage.of(findings(outcomes)), FACTS, said or Said())
    return {path.name: Parts(path.read_text()) for path in (output / "report/scans").iterdir()}


def keep(output, scan_id, **more):
    """Put the account of a scan, and the pictures it names, where a run leaves them."""
    folder = output / "scans" / scan_id
    (folder / "review").mkdir(parents=True)
    (folder / "scan.json").write_text(json.dumps(document(**more)))
    for name in ("axial.webp", "axial-masks-1.webp"):
        (folder / "review" / name).write_bytes(b"")
    return folder


def test_every_scan_has_a_page_also_one_that_failed(tmp_path):
    keep(tmp_path, "a")
    pages = written(tmp_path, [done("a"), failed("b")])
    assert set(pages) == {"a.html", "b.html"}
    assert pages["a.html"].data["viewer"]
    assert not pages["b.html"].data["viewer"]


def test_every_address_leads_to_a_file_or_another_page(tmp_path):
    folder = keep(tmp_path, "a", outputs={"labels.nii.gz": "", "overlay.png": ""})
    for name in ("labels.nii.gz", "overlay.png"):
        (folder / name).write_bytes(b"")
    pages = written(tmp_path, [done("a"), failed("b")])
    here = tmp_path / "report" / "scans"
    viewer = pages["a.html"].data["viewer"]
    sheets = [address for plane in viewer["planes"] for address in plane["sheets"]]
    assert len(sheets) == 2
    for address in [*pages["a.html"].addresses(), *sheets]:
        if "/assets/" not in address and address != "../index.html":
            assert (here / address).is_file(), address


def test_a_scan_whose_pictures_have_gone_shows_its_montage(tmp_path):
    (keep(tmp_path, "a") / "review" / "axial.webp").unlink()
    pages = written(tmp_path, [done("a")])
    assert not pages["a.html"].data["viewer"]
    assert pages["a.html"].all("img")


def test_pages_of_scans_that_are_gone_go_too(tmp_path):
    written(tmp_path, [done("a"), done("b")])
    assert set(written(tmp_path, [done("b")])) == {"b.html"}


def test_a_page_that_stays_as_it_is_is_not_written_again(tmp_path):
    written(tmp_path, [done("a")])
    page = tmp_path / "report" / "scans" / "a.html"
    os.utime(page, (1, 1))
    written(tmp_path, [done("a")])
    assert page.stat().st_mtime == 1
    written(tmp_path, [done("a", bone_ml=1.0)])
    assert page.stat().st_mtime > 1


def test_ratings_that_are_known_are_on_the_page_they_are_about(tmp_path):
    said = Said(ratings=(Rating(scan_id="a", rating="fail", rater="Ann"),))
    pages = written(tmp_path, [done("a"), done("b")], said)
    assert [one["rater"] for one in pages["a.html"].data["ratings"]] == ["Ann"]
    assert pages["b.html"].data["ratings"] == []


def test_the_pages_are_the_same_for_any_order_of_the_journal(tmp_path):
    outcomes = [done("a"), failed("b"), done("c", flags=("no_bone",))]
    one = {name: page.source for name, page in written(tmp_path / "1", outcomes).items()}
    other = written(tmp_path / "2", outcomes[::-1])
    assert one == {name: page.source for name, page in other.items()}
