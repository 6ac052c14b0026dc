"""``medmask report``: tables and report anew from the journal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from medmask.cli.exits import said_clearly
from medmask.cli.flag import flag


def report(
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="A run's folder.")],
    single_file: Annotated[
        bool,
        flag("--single-file", help="Also as `report/single-file.html`, to be mailed."),
    ] = False,
) -> None:
    """Write `scans.csv`, `run.json` and the report again from OUTPUT's journal; no scan is read.

    Journals of `medmask run --shard` are merged first.

    The single file holds the first page with every row and thumbnail, and needs nothing beside it.
    Like the rest of the report it names files and folders of the input, and nothing from a tag.
    """
    with said_clearly():
        from medmask.cohort import JOURNAL, Journal, merge_shards, write_tables
        from medmask.errors import MissingInput
        from medmask.report.draw import draw_report, draw_single

        missing = merge_shards(output) if output.is_dir() else ()
        if missing:
            typer.echo(f"medmask: no run has worked on {', '.join(missing)} yet", err=True)
        if not (output / JOURNAL).is_file():
            raise MissingInput(f"{output}: no {JOURNAL}; a folder that a run has written is needed")
        with Journal(output, mend=True) as journal:
            write_tables(output, journal)
        typer.echo(f"report  {draw_report(output)}")
        if single_file:
            typer.echo(f"single  {draw_single(output)}")
