"""``medmask inspect``: what is there, from headers alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import typer

from medmask.cli import options
from medmask.cli.exits import said_clearly
from medmask.cli.grouped import grouped
from medmask.errors import RequestError

_WIDE = 240  # columns of a table that goes to a file or another program

if TYPE_CHECKING:
    from medmask.cohort import Inventory
    from medmask.outcome import ScanWarning
    from medmask.recipe import RecipeChoice
    from medmask.scan import Scan


@dataclass(frozen=True)
class Line:
    """What headers tell of one scan, or why a file is none."""

    source: str
    format: str
    files: int
    modality: str
    size: str
    spacing_mm: str
    encoding: str
    warnings: str
    verdict: str
    message: str
    scan_id: str
    recipe: str = ""
    annotations: tuple[str, ...] = ()


@grouped
def inspect(
    scans: options.Listing,
    inputs: options.Inputs = None,
    as_json: options.JsonOption = False,
) -> None:
    """Show every scan and every file that is none, with the reason; write nothing.

    Only headers are read: a file that is damaged further on is found by `medmask run`. The verdict
    is that of a run by the recipe, as far as headers tell it.
    """
    with said_clearly():
        from medmask.cohort import take_inventory, take_listed

        if not inputs and scans.manifest is None:
            raise RequestError("an input is needed: INPUT..., or --manifest CSV")
        below, usual = tuple(inputs or ()), scans.choice()
        listed = scans.listed(usual)
        if listed is not None:
            listed.demand_apart(below)
        inventory = take_inventory(below, reading=usual.reading(scans.modality))
        inventory = inventory if listed is None else take_listed(listed, inventory)

        def asked(scan: Scan) -> tuple[RecipeChoice, str]:
            row = None if listed is None else listed.row_of(scan)
            return (usual, scans.modality) if row is None else (row.recipes, row.modality)

        lines = _lines(inventory, asked)
        if as_json:
            document = {
                "scans": [asdict(line) for line in lines],
                "not_used": dict(inventory.not_used),
            }
            typer.echo(json.dumps(document, indent=1))
        else:
            _print(lines, inventory, by_line=listed is not None)


def _lines(inventory: Inventory, asked: Callable[[Scan], tuple[RecipeChoice, str]]) -> list[Line]:
    refused = (
        Line(row.source, row.format, 1, "", "", "", "", "", row.code, row.message, row.scan_id)
        for row in inventory.refused
    )
    scans = (
        replace(_line(scan, *asked(scan)), annotations=_annotations(scan))
        for scan in inventory.scans
    )
    lines = [*scans, *refused]
    return sorted(lines, key=lambda line: line.source)


def _line(scan: Scan, recipes: RecipeChoice, stated: str) -> Line:
    from medmask.errors import ScanError
    from medmask.pipeline import foresee

    start, named = (scan.source, str(scan.format), len(scan.files)), (scan.scan_id, recipes.name)
    try:
        facts = foresee(scan, recipes.reading(stated), recipes)
    except ScanError as error:
        noticed = _codes(scan.warnings)
        return Line(*start, "", "", "", "", noticed, error.code, str(error), *named)
    size = spacing = ""
    if facts.grid is not None:
        slices, rows, columns = facts.grid.shape
        size = f"{columns} x {rows} x {slices}"
        z, y, x = facts.grid.spacing_mm
        spacing = " x ".join("?" if step is None else f"{step:.4g}" for step in (x, y, z))
    warnings = (*scan.warnings, *facts.warnings)
    said = "; ".join(warning.message for warning in warnings)
    modality, encoding, codes = facts.modality, facts.encoding, _codes(warnings)
    return Line(*start, modality, size, spacing, encoding, codes, "ok", said, *named)


def _annotations(scan: Scan) -> tuple[str, ...]:
    """Return what was drawn onto a scan, each with the reason for which it is this scan's."""
    return tuple(f"{file.source} (by {file.paired_by})" for file in scan.annotations)


def _codes(warnings: tuple[ScanWarning, ...]) -> str:
    return ";".join(dict.fromkeys(warning.code for warning in warnings))


def _print(lines: list[Line], inventory: Inventory, *, by_line: bool) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    names = ("source", "format", "files", "modality", "size", "spacing mm", "encoding")
    for name in (*names, *(("id", "recipe") if by_line else ())):
        table.add_column(name, overflow="fold")
    table.add_column("verdict", overflow="fold", ratio=1)
    for line in lines:
        fields: list[Any] = [line.source, line.format, line.files, line.modality]
        fields += [line.size, line.spacing_mm, line.encoding]
        fields += [line.scan_id, line.recipe] if by_line else []
        verdict = line.verdict + (f": {line.message}" if line.message else "")
        verdict += f"; annotated: {', '.join(line.annotations)}" if line.annotations else ""
        colour = "" if line.verdict == "ok" else "yellow"
        table.add_row(*[Text(str(field)) for field in fields], Text(verdict, style=colour))
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDE)
    console.print(table)
    for reason, count in inventory.not_used:
        console.print(f"{count} files not used: {reason}", markup=False, highlight=False)
