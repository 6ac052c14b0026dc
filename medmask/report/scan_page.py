"""One judged scan -> its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Template

from medmask.outcome import Status
from medmask.report import compared as ranges
from medmask.report import plot, waterfall
from medmask.report.block import json_block
from medmask.report.compared import compared
from medmask.report.facts import RunFacts
from medmask.report.ratings import Rating
from medmask.report.row import address, cells_of, retry, scan_page, shown
from medmask.report.scan_account import ScanAccount
from medmask.report.triage import Judged, Usual
from medmask.report.viewer import presets, viewer_data
from medmask.report.words import Term

_FILES = ("labels.nii.gz", "labels.png", "overlay.png", "histogram.png", "scan.json")


@dataclass(frozen=True)
class Place:
    """Where a scan stands in the order of the report.

    Attributes
    ----------
    number, total : int
    previous, next : Judged or None
    """

    number: int
    total: int
    previous: Judged | None
    next: Judged | None


@dataclass(frozen=True)
class Known:
    """What the cohort knows of a scan.

    Attributes
    ----------
    place : Place
    usual : mapping of str to Usual
        What is usual among scans that may be compared with it, by the measure's key.
    ratings : tuple of Rating
        The latest of each rater.
    command : str
        See `medmask.report.facts.RunFacts`.
    """

    place: Place
    usual: Mapping[str, Usual]
    ratings: tuple[Rating, ...] = ()
    command: str = RunFacts.command


@dataclass(frozen=True)
class Told:
    """A reason, doubt or warning in words.

    Attributes
    ----------
    kind : str
        ``reason``, ``flag`` or ``warning``.
    words, sentence, meaning : str
    """

    kind: str
    words: str
    sentence: str
    meaning: str


def render_scan(template: Template, judged: Judged, account: ScanAccount, known: Known) -> bytes:
    """Return the page as UTF-8.

    Parameters
    ----------
    template : Template
        ``scan.html.jinja``.
    judged : Judged
    account : ScanAccount
        What the scan's folder tells.
    known : Known
    """
    finding, row = judged.finding, judged.finding.outcome
    folder, sheets = f"scans/{row.scan_id}", account.sheets
    html = template.render(
        judged=judged,
        outcome=row,
        names=[shown(name) for name in finding.names],
        message=shown(row.message),
        cells=cells_of(finding),
        done=row.status is Status.DONE,
        said=_told(judged, account),
        retry=retry(row, known.command),
        account=account,
        place=known.place,
        page_of=lambda other: scan_page(other.finding.outcome.scan_id).removeprefix("scans/"),
        name_of=lambda other: shown(other.finding.names[0]),
        sheets=sheets,
        presets=presets(sheets, row.modality) if sheets else [],
        plot=plot.plot_of(account),
        box=plot,
        falls=waterfall.waterfalls(account),
        waterfall=waterfall,
        figures=list(compared(judged, known.usual)),
        ranges=ranges,
        picture=f"../{address(row.overlay)}" if row.overlay else "",
        files=[
            (name, f"../{address(f'{folder}/{name}')}")
            for name in _FILES
            if name in account.outputs or name == "scan.json"
        ],
        told=plot.told,
        data=json_block(_data(judged, account, known.ratings)),
    )
    return html.encode("utf-8", "backslashreplace")


def _data(judged: Judged, account: ScanAccount, ratings: Sequence[Rating]) -> dict[str, object]:
    finding = judged.finding
    scan = {
        "id": finding.outcome.scan_id,
        "key": finding.rating_key,
        "recipe": account.recipe_sha256,
        "inputs": finding.inputs_sha256,
    }
    rows = [rating.model_dump(mode="json") for rating in ratings]
    shows = (
        viewer_data(account.sheets, f"scans/{finding.outcome.scan_id}") if account.sheets else None
    )
    return {"scan": scan, "ratings": rows, "viewer": shows}


def _told(judged: Judged, account: ScanAccount) -> list[Told]:
    """Return why there is no result, or why it is in doubt, and what was warned of."""
    row = judged.finding.outcome
    found = []
    if row.code:
        term = Term.of(row.code)
        found.append(Told("reason", term.words, shown(row.message), term.meaning))
    found += [Told("flag", d.words, shown(d.sentence), d.meaning) for d in judged.doubts]
    messages = {note.code: note.message for note in account.warnings}
    for code in row.warnings:
        term = Term.of(code)
        found.append(Told("warning", term.words, shown(messages.get(code, "")), term.meaning))
    return found
