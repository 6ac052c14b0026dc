"""A judged cohort -> a page for every scan."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from medmask.outcome import Status
from medmask.report.facts import RunFacts
from medmask.report.page import environment
from medmask.report.ratings import Rating, Said, latest
from medmask.report.scan_account import ScanAccount
from medmask.report.scan_page import Known, Place, render_scan
from medmask.report.triage import Judged, Kin, Triage
from medmask.writers import write_atomically


def write_scan_pages(output: Path, triage: Triage, facts: RunFacts, said: Said) -> None:
    """Write ``report/scans/<scan_id>.html`` of every scan; pages of scans that are gone go too.

    Parameters
    ----------
    output : Path
        The folder that a run left behind.
    triage : Triage
        In this order the pages lead to one another.
    facts : RunFacts
    said : Said
        What is known of ratings.

    Raises
    ------
    WriteFailed
        If a page cannot be written whole. A page that is as it should be is not touched.
    """
    folder = output / "report" / "scans"
    template = environment().get_template("scan.html.jinja")
    ratings: dict[str, list[Rating]] = defaultdict(list)
    for rating in latest(said.ratings):
        ratings[rating.scan_id].append(rating)
    pages = [folder / f"{judged.finding.outcome.scan_id}.html" for judged in triage.judged]
    for number, (judged, page) in enumerate(zip(triage.judged, pages, strict=True)):
        account = _account(output, judged)
        usual = triage.usual.get(Kin.of(judged.finding), {})
        own = tuple(ratings[judged.finding.outcome.scan_id])
        known = Known(_place(triage, number), usual, own, facts.command)
        content = render_scan(template, judged, account, known)
        if not page.is_file() or page.read_bytes() != content:
            write_atomically(page, content)
    for old in set(folder.glob("*.html")).difference(pages):
        old.unlink()


def _account(output: Path, judged: Judged) -> ScanAccount:
    """Return what the scan's folder tells; sheets of which one has gone are not shown."""
    row = judged.finding.outcome
    if row.status is not Status.DONE:
        return ScanAccount()
    folder = output / "scans" / row.scan_id
    account = ScanAccount.read(folder)
    if account.sheets and not all((folder / name).is_file() for name in account.sheets.files):
        return account.model_copy(update={"sheets": None})
    return account


def _place(triage: Triage, number: int) -> Place:
    before = triage.judged[number - 1] if number else None
    after = triage.judged[number + 1] if number + 1 < len(triage.judged) else None
    return Place(number + 1, len(triage.judged), before, after)
