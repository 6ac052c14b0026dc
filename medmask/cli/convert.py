"""``medmask convert``: native intensities as NIfTI."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from medmask.cli import options
from medmask.cli.exits import Exit, said_clearly
from medmask.cli.flag import flag
from medmask.cli.grouped import grouped


@grouped
def convert(
    paths: options.InputsAndOutput,
    scans: options.Listing,
    levels: Annotated[
        bool, flag("--levels", help="On the 0..255 scale of the recipe, as float32.")
    ] = False,
    jobs: options.JobsOption = None,
    timeout: options.TimeoutOption = None,
    fresh: options.FreshOption = False,
    quiet: options.QuietOption = False,
) -> None:
    """Write the native intensities of every scan as NIfTI, on the scan's own grid.

    OUTPUT gets `scans/<id>/image.nii.gz` and `scans.csv` with the image's path in the last
    column. Exit codes are those of `medmask run`.
    """
    with said_clearly():
        inputs, output = options.split(paths, scans.manifest)
        options.warm_up_for(output)
        import joblib
        from rich.console import Console

        from medmask.cohort import CrewOptions, Interrupted, Lines, Request, Silent
        from medmask.cohort import run as run_cohort
        from medmask.outcome import Status
        from medmask.pipeline import ConvertScan

        choice = scans.choice()
        request = Request(
            inputs=inputs,
            output=output,
            recipes=choice,
            crew=CrewOptions(jobs or joblib.cpu_count(), timeout),
            modality=scans.modality,
            manifest=scans.listed(choice),
            fresh=fresh,
            command=tuple(sys.argv[1:]),
        )
        task = ConvertScan(request.recipes, request.reading, output, levels)
        watcher = Silent() if quiet else Lines(Console(stderr=True))
        try:
            ended = run_cohort(request, task, watcher)
        except Interrupted as stop:
            raise typer.Exit(Exit.SIGNAL + stop.signal_number) from stop
    failed = ended.count(Status.FAILED)
    typer.echo(f"{ended.count(Status.DONE)} converted, {failed} failed: {output / 'scans.csv'}")
    raise typer.Exit(Exit.SOME_FAILED if failed else Exit.FINE)
