"""Options of what a run says while it works, and when it has ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from medmask.cli import options
from medmask.cli.flag import flag

if TYPE_CHECKING:
    from medmask.cohort import Watcher


@dataclass(frozen=True)
class Voice:
    """What is said, and to whom."""

    quiet: options.QuietOption = False
    verbose: Annotated[bool, flag("-v", "--verbose", help="A line for every scan.")] = False
    as_json: options.JsonOption = False
    on_finish: Annotated[
        str,
        typer.Option(
            "--on-finish",
            metavar="CMD",
            help="Run this at the end, with a summary as JSON on stdin.",
        ),
    ] = ""

    def watcher(self) -> Watcher:
        """Return who tells how far a run is: a bar to people, lines to a log."""
        from rich.console import Console

        from medmask.cohort import Bar, Lines, Silent

        console = Console(stderr=True)
        if self.quiet:
            return Silent()
        if console.is_terminal and not self.verbose:
            return Bar(console)
        return Lines(console, every_scan=self.verbose)
