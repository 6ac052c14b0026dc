"""The commands and what they share."""

from __future__ import annotations

import atexit
import gc
from typing import Annotated, Final

import typer

from medmask.cli.audit_phi import audit_phi
from medmask.cli.blend import blend
from medmask.cli.compare import compare
from medmask.cli.convert import convert
from medmask.cli.flag import flag
from medmask.cli.histogram import histogram
from medmask.cli.inspect import inspect
from medmask.cli.recipe import recipe
from medmask.cli.report import report
from medmask.cli.run import run
from medmask.cli.serve import serve
from medmask.cli.status import status
from medmask.cli.streams import outlive_readers
from medmask.version import __version__

_NEW_OBJECTS: Final = 100_000  # loading modules makes more of them, and none is garbage

app = typer.Typer(
    name="medmask",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"medmask {__version__}")
        raise typer.Exit


@app.callback()
def _medmask(
    version: Annotated[
        bool, flag("--version", callback=_say_version, is_eager=True, help="Say which.")
    ] = False,
) -> None:
    """Bone and soft-tissue masks, a picture and a line of account for every scan of a folder.

    Start with `medmask inspect INPUT` to see what is there, then `medmask run INPUT OUTPUT` and
    open `OUTPUT/report/index.html`.
    """


app.command(name="run")(run)
app.command(name="inspect")(inspect)
app.command(name="convert")(convert)
app.command(name="histogram")(histogram)
app.command(name="blend")(blend)
app.command(name="compare")(compare)
app.command(name="report")(report)
app.command(name="serve")(serve)
app.command(name="status")(status)
app.command(name="audit-phi")(audit_phi)
app.add_typer(recipe, name="recipe")


def main() -> None:
    """Run the command line.

    Looking for garbage takes a tenth of the time to load, and as long again at the end, when the
    system takes back everything at once.
    """
    outlive_readers()
    gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])
    atexit.register(gc.freeze)
    app()
