"""``medmask run``: the main job."""

from __future__ import annotations

import importlib
import sys
import threading
from typing import TYPE_CHECKING, Final

import typer

from medmask.cli import options
from medmask.cli.announce import announced
from medmask.cli.asked import Asked
from medmask.cli.exits import Exit, said_clearly
from medmask.cli.grouped import grouped
from medmask.cli.told import say_end, say_plan
from medmask.cli.voice import Voice

if TYPE_CHECKING:
    from medmask.cohort import Ended, Request, Watcher
    from medmask.pipeline import MaskScan

_AT_WORK_S: Final = 1.0  # after which a run has scans at work, and its own process nothing to do


@grouped
def run(
    paths: options.InputsAndOutput,
    asked: Asked,
    voice: Voice,
) -> None:
    """Mask every scan below INPUT, or that a manifest lists, and account for every file.

    OUTPUT gets `scans.csv` (a row for every scan), `report/index.html` (look here first) and
    `scans/<id>/` with the label map and the picture of each scan. The same command again does
    only what is not done yet.

    Exit code 0: every scan was masked, or skipped for a benign reason. 1: at least one failed.
    2: the request is wrong and nothing was started. 3: another run holds OUTPUT.
    """
    with announced(voice.on_finish, paths[-1]), said_clearly():
        inputs, output = options.split(paths, asked.scans.manifest)
        results = asked.results
        if asked.machines.is_this_one and not results.dry_run:
            options.warm_up_for(output)
        from medmask.outcome import Status
        from medmask.pipeline import MaskScan

        request = asked.request(inputs, output)
        task = MaskScan(
            request.recipes,
            request.reading,
            output,
            results.report_slices,
            reuse=not request.fresh,
            privacy=request.privacy,
        )
        if results.dry_run:
            say_plan(request, task, as_json=voice.as_json)
            return
        with_report = not results.no_report
        ended = _do(request, task, voice.watcher(), report=with_report)
        say_end(ended, request, as_json=voice.as_json, report=with_report)
        raise typer.Exit(Exit.SOME_FAILED if ended.count(Status.FAILED) else Exit.FINE)


def _do(request: Request, task: MaskScan, watcher: Watcher, *, report: bool) -> Ended:
    """Run, and draw the report also of a run that was interrupted."""
    from medmask.cohort import Interrupted, run

    if request.anew:
        from medmask.report.rated import keep_before

        keep_before(request.output, request.anew)
    drawing = threading.Timer(_AT_WORK_S, importlib.import_module, ["medmask.report.draw"])
    drawing.daemon = True
    drawing.start()
    try:
        ended = run(request, task, watcher)
    except Interrupted as stop:
        sys.stderr.write("medmask: interrupted; the same command goes on from here\n")
        raise typer.Exit(Exit.SIGNAL + stop.signal_number) from stop
    finally:
        drawing.cancel()
    if report and request.shard is None:
        from medmask.report.draw import draw_report

        draw_report(request.output)
    return ended
