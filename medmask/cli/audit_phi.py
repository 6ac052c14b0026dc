"""``medmask audit-phi``: whether an output tells who its scans are of."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from medmask.cli import options
from medmask.cli.exits import Exit, said_clearly
from medmask.cli.flag import flag


def audit_phi(
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="A run's folder.")],
    against: Annotated[
        list[Path],
        typer.Option("--against", metavar="INPUT", help="What the run has read; may be repeated."),
    ],
    show: Annotated[bool, flag("--show", help="Say the values, too.")] = False,
    as_json: options.JsonOption = False,
) -> None:
    """Look for identifying values of INPUT in every file of OUTPUT, packed ones too.

    Names, ids, dates, UIDs and free text of headers are looked for in tables, pages, JSON, the
    journal, headers of images and file names. Pixels are not read. Values that your own files or
    folders are called by are told apart: by default they are kept, `--phi hash` hashes them.

    Exit code 0: nothing but such names was found. 1: something was.
    """
    with said_clearly():
        from medmask.audit import audit

        result = audit(output, tuple(against))
        breaches = [one for one in result.findings if not one.in_own_names]
        if as_json:
            facts = asdict(result)
            typer.echo(json.dumps(facts, indent=1))
        else:
            for one in breaches:
                typer.echo(f"{one.file}: {one.keyword}" + (f" ({one.value})" if show else ""))
            own = Counter(one.file for one in result.findings if one.in_own_names)
            if own:
                typer.echo(f"{len(own)} files hold names that your own files or folders have")
            typer.echo(
                f"{len(breaches)} findings; {result.values} values looked for in "
                f"{result.files} files, {result.left_out} common words left out"
            )
    raise typer.Exit(Exit.SOME_FAILED if breaches else Exit.FINE)
