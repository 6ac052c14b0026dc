"""``medmask serve``: the report on this computer's own address."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from medmask.cli.exits import said_clearly


def serve(
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="A run's folder.")],
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="[default: one that is free]")
    ] = 0,
) -> None:
    """Serve the report on 127.0.0.1 and save ratings to `OUTPUT/ratings.csv` as they are made.

    The address holds a token: who has it may look and rate, under a name of their own. Nothing
    leaves this computer; Ctrl-C ends it. `medmask run INPUT OUTPUT --only-rated fail` then masks
    anew what was rated so.
    """
    with said_clearly():
        from medmask.cohort import JOURNAL, Journal
        from medmask.errors import MissingInput
        from medmask.report.serve import ReportDesk, ReportServer

        if not (output / JOURNAL).is_file():
            raise MissingInput(f"{output}: no {JOURNAL}; a folder that a run has written is needed")
        with Journal(output) as journal:
            scan_ids = frozenset(row.scan_id for row in journal.outcomes())
        with ReportServer(ReportDesk(output, scan_ids), port) as server:
            typer.echo(f"report  {server.url}")
            typer.echo(f"ratings {output / 'ratings.csv'}  (Ctrl-C ends)")
            with contextlib.suppress(KeyboardInterrupt):
                server.serve_forever()
