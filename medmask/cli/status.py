"""``medmask status``: how far a run is, from another terminal or afterwards."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from medmask.cli import options
from medmask.cli.exits import said_clearly


def status(
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="A run's folder.")],
    as_json: options.JsonOption = False,
) -> None:
    """Say how far the run in OUTPUT is, or how it ended; nothing is changed."""
    with said_clearly():
        from medmask.cohort import JOURNAL, Journal
        from medmask.errors import MissingInput

        if not (output / JOURNAL).is_file():
            raise MissingInput(f"{output}: no {JOURNAL}; a folder that a run has written is needed")
        with Journal(output) as journal:
            owner, rows, expected = journal.owner(), journal.outcomes(), journal.fact("rows")
            sign = journal.last_sign() if owner is not None else None
        counts = Counter(str(row.status) for row in rows)
        codes = Counter(row.code for row in rows if row.code)
        facts = {
            "running": owner is not None,
            "owner": None if owner is None else str(owner),
            "standing": None if sign is None else sign.standing,
            "sign_of_life_s": None if sign is None else round(sign.age_s, 1),
            "rows": len(rows),
            "expected": expected,
            "counts": dict(sorted(counts.items())),
            "codes": dict(sorted(codes.items())),
        }
        if as_json:
            typer.echo(json.dumps(facts, indent=1))
            return
        left = max(0, (expected or 0) - len(rows))
        typer.echo(f"running: {owner}" if owner else "not running")
        if sign is not None:
            typer.echo(f"{sign.age_s:.0f} s ago: {sign.standing}")
        said = ", ".join(f"{count} {word}" for word, count in sorted(counts.items())) or "nothing"
        typer.echo(f"{len(rows)} of {expected or len(rows)}: {said}; {left} left")
        for code, count in codes.most_common():
            typer.echo(f"  {count} {code}")
        if left and not owner:
            typer.echo("the same `medmask run` goes on from here")
