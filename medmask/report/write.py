"""The report's files below an output folder."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from medmask.report.before import pairs_of
from medmask.report.facts import RunFacts
from medmask.report.finding import Finding
from medmask.report.page import render
from medmask.report.ratings import Said
from medmask.report.scan_pages import write_scan_pages
from medmask.report.single import Single
from medmask.report.triage import Triage
from medmask.writers import write_atomically

ASSETS = ("report.css", "ratings.js", "report.js", "scan.css", "scan.js", "icon.svg")


def write_report(
    output: Path, findings: Sequence[Finding], facts: RunFacts, said: Said | None = None
) -> Path:
    """Write ``report/index.html``, the scans' pages and their assets.

    Parameters
    ----------
    output : Path
        The folder that a run left behind.
    findings : sequence of Finding
        One for each scan, in any order.
    facts : RunFacts
    said : Said, optional
        What is known of ratings.

    Returns
    -------
    Path
        The page. It opens from the disk, asks for nothing but files of the output, and holds no
        path above it.

    Raises
    ------
    WriteFailed
        If a file cannot be written whole.
    """
    folder = output / "report"
    for name in ASSETS:
        content = resources.files("medmask.report").joinpath("assets", name).read_bytes()
        write_atomically(folder / "assets" / name, content)
    triage, known = Triage.of(findings), said or Said()
    write_scan_pages(output, triage, facts, known)
    page = folder / "index.html"
    write_atomically(page, _first_page(output, triage, facts, known))
    return page


def write_single(
    output: Path, findings: Sequence[Finding], facts: RunFacts, said: Said | None = None
) -> Path:
    """Write ``report/single-file.html``: the first page with all it needs, and no other file.

    Parameters
    ----------
    output : Path
    findings : sequence of Finding
    facts : RunFacts
    said : Said, optional

    Returns
    -------
    Path
        The file. Of each scan it holds row and thumbnail, not its page.

    Raises
    ------
    WriteFailed
        If it cannot be written whole.
    """
    file = output / "report" / "single-file.html"
    page = _first_page(output, Triage.of(findings), facts, said or Said(), Single.of(output))
    write_atomically(file, page)
    return file


def _first_page(
    output: Path,
    triage: Triage,
    facts: RunFacts,
    said: Said,
    single: Single | None = None,
) -> bytes:
    ordered = [each.finding for each in triage.judged]
    return render(triage, facts, said, pairs_of(output, ordered, said.ratings), single)
