"""``medmask status``: how far a run is, from another terminal or afterwards."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medmask.cli import options
from medmask.cli.exits import said_clearly

if TYPE_CHECKING:
    from medmask.cohort import Look


def status(
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="A run's folder.")],
    as_json: options.JsonOption = False,
) -> None:
    """Say how far the run in OUTPUT is, or how it ended; nothing is changed."""
    with said_clearly():
        from medmask.cohort import look_at

        looks = look_at(output)
        if as_json:
            typer.echo(json.dumps(_document(looks), indent=1))
            return
        for look in looks:
            _say(look, part=look.journal if len(looks) > 1 else "")
        if any(look.left and look.owner is None for look in looks):
            typer.echo("the same `medmask run` goes on from here")


def _document(looks: list[Look]) -> dict[str, object]:
    """Return the facts of all journals together."""
    owners = [str(look.owner) for look in looks if look.owner is not None]
    signs = [look.sign for look in looks if look.sign is not None]
    return {
        "running": bool(owners),
        "owner": "; ".join(owners) or None,
        "standing": "; ".join(sign.standing for sign in signs) or None,
        "sign_of_life_s": round(max(sign.age_s for sign in signs), 1) if signs else None,
        "rows": sum(look.rows for look in looks),
        "expected": sum(look.expected for look in looks),
        "counts": dict(sorted(sum((look.statuses for look in looks), Counter()).items())),
        "codes": dict(sorted(sum((look.codes for look in looks), Counter()).items())),
    }


def _say(look: Look, part: str) -> None:
    if part:
        typer.echo(f"{part}:")
    typer.echo(f"running: {look.owner}" if look.owner else "not running")
    if look.sign is not None:
        typer.echo(f"{look.sign.age_s:.0f} s ago: {look.sign.standing}")
    counts = sorted(look.statuses.items())
    said = ", ".join(f"{count} {word}" for word, count in counts) or "nothing"
    typer.echo(f"{look.rows} of {look.expected}: {said}; {look.left} left")
    for code, count in look.codes.most_common():
        typer.echo(f"  {count} {code}")
