"""``medmask recipe``: list, show, check, schema."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from medmask.cli.exits import said_clearly
from medmask.cli.flag import flag

recipe = typer.Typer(no_args_is_help=True, help="Recipes: what a run does to a scan.")


@recipe.command(name="list")
def list_presets() -> None:
    """List the recipes that come with medmask, each with what it is for."""
    with said_clearly():
        from medmask.recipe import preset_names, preset_text

        for name in preset_names():
            first = preset_text(name).splitlines()[0].removeprefix("#").strip()
            typer.echo(f"{name:10} {first}")


@recipe.command()
def show(
    name: Annotated[str, typer.Argument(help="A preset's name or a recipe file.")],
    full: Annotated[
        bool, flag("--full", help="Everything that it comes to, defaults too, as JSON.")
    ] = False,
) -> None:
    """Show a preset as it is written, to copy and change; or all that a recipe comes to."""
    with said_clearly():
        from medmask.recipe import load, preset_names, preset_text

        if full or name not in preset_names():
            typer.echo(json.dumps(load(name).model_dump(mode="json"), indent=1))
        else:
            typer.echo(preset_text(name), nl=False)


@recipe.command()
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Recipe files.")],
) -> None:
    """Check recipe files; every complaint has its file and line. Exit code 2 if there is one."""
    with said_clearly():
        from medmask.recipe import load

        for file in files:
            typer.echo(f"{file}: fine, recipe {load(file).name!r}")


@recipe.command()
def schema() -> None:
    """Print the JSON Schema of recipes, for editors that check while one types."""
    with said_clearly():
        from medmask.recipe import schema as recipe_schema

        typer.echo(json.dumps(recipe_schema(), indent=1))
