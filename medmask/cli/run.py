"""``medmask run``: the main job."""

from __future__ import annotations

import importlib
import json
import shlex
import sys
import threading
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final

import typer

from medmask.cli import options
from medmask.cli.announce import announced
from medmask.cli.exits import Exit, said_clearly
from medmask.cli.phi import privacy_of

if TYPE_CHECKING:
    from pathlib import Path

    from medmask.cohort import Cluster, CrewOptions, Ended, Request, Watcher
    from medmask.pipeline import MaskScan

_AT_WORK_S: Final = 1.0  # after which a run has scans at work, and its own process nothing to do


def run(
    paths: options.InputsAndOutput,
    manifest: options.ManifestOption = None,
    recipe: options.RecipeOption = "auto",
    modality: options.ModalityOption = "auto",
    annotations: options.AnnotationsOption = None,
    jobs: options.JobsOption = None,
    mem_gb: options.MemoryOption = None,
    timeout: options.TimeoutOption = None,
    retries: options.RetriesOption = 1,
    wait: options.WaitOption = 60.0,
    fresh: options.FreshOption = False,
    retry_failed: options.RetryFailedOption = False,
    trust_mtime: options.TrustMtimeOption = False,
    only: options.OnlyOption = "",
    shard: options.ShardOption = "",
    only_rated: options.OnlyRatedOption = None,
    backend: options.BackendOption = options.Backend.LOCAL,
    scheduler: options.SchedulerOption = "",
    tls_ca: options.TlsCaOption = None,
    tls_cert: options.TlsCertOption = None,
    tls_key: options.TlsKeyOption = None,
    phi: options.PhiOption = None,
    on_finish: options.OnFinishOption = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")
    ] = False,
    no_report: Annotated[bool, typer.Option("--no-report", help="Leave the report out.")] = False,
    report_slices: Annotated[
        int,
        typer.Option(
            "--report-slices",
            min=0,
            max=200,
            metavar="N",
            help="Slices of each plane in the report, at most; beyond 24 a scan weighs more.",
        ),
    ] = 24,
    quiet: options.QuietOption = False,
    verbose: options.VerboseOption = False,
    as_json: options.JsonOption = False,
) -> None:
    """Mask every scan below INPUT, or that a manifest lists, and account for every file.

    OUTPUT gets `scans.csv` (a row for every scan), `report/index.html` (look here first) and
    `scans/<id>/` with the label map and the picture of each scan. The same command again does
    only what is not done yet.

    Exit code 0: every scan was masked, or skipped for a benign reason. 1: at least one failed.
    2: the request is wrong and nothing was started. 3: another run holds OUTPUT.
    """
    with announced(on_finish, paths[-1]), said_clearly():
        inputs, output = options.split(paths, manifest)
        if backend is options.Backend.LOCAL and not dry_run:
            options.warm_up_for(output)
        from medmask.cohort import (
            Cluster,
            CrewOptions,
            Given,
            Manifest,
            Request,
            Shard,
            Tls,
            allowed_mb,
        )
        from medmask.outcome import Status
        from medmask.pipeline import MaskScan
        from medmask.recipe import RecipeChoice

        choice = RecipeChoice.of(recipe)
        listed = None if manifest is None else Manifest.of(manifest, choice, modality)
        privacy = privacy_of(phi)
        cluster = None
        if backend is options.Backend.DASK and not dry_run:
            cluster = Cluster(scheduler, Tls(tls_ca, tls_cert, tls_key), mem_gb)
        request = Request(
            inputs=inputs,
            output=output,
            recipes=choice,
            crew=_crew(cluster, CrewOptions(1, timeout, retries, allowed_mb(mem_gb)), jobs),
            cluster=cluster,
            modality=modality,
            patience_s=wait,
            annotations=None if annotations is None else Given.of(annotations),
            manifest=listed,
            fresh=fresh,
            retry_failed=retry_failed,
            trust_mtime=trust_mtime,
            only=only,
            anew=_rated(output, only_rated) if only_rated else None,
            shard=Shard.of(shard) if shard else None,
            privacy=privacy,
            command=tuple(sys.argv[1:]),
        )
        task = MaskScan(
            request.recipes,
            request.reading,
            output,
            report_slices,
            reuse=not fresh,
            privacy=privacy,
        )
        if dry_run:
            _say_plan(request, task, as_json=as_json)
            return
        ended = _do(request, task, _watcher(quiet=quiet, verbose=verbose), report=not no_report)
        _say_end(ended, request, as_json=as_json, report=not no_report)
        raise typer.Exit(Exit.SOME_FAILED if ended.count(Status.FAILED) else Exit.FINE)


def _crew(cluster: Cluster | None, crew: CrewOptions, jobs: int | None) -> CrewOptions:
    """Return how scans are worked on: as many at a time as there are cores, or slots."""
    if cluster is None:
        return replace(crew, jobs=options.jobs_or_all(jobs))
    slots = jobs or cluster.slots
    return replace(crew, jobs=slots, allowed_mb=slots * cluster.most_mb, share_mb=cluster.most_mb)


def _rated(output: Path, wanted: list[options.Rated]) -> frozenset[str]:
    """Return the scans that are rated so in the output's table."""
    from medmask.report.rated import rated_scans
    from medmask.report.ratings import Verdict

    return rated_scans(output, {Verdict(each.value) for each in wanted})


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


def _watcher(*, quiet: bool, verbose: bool) -> Watcher:
    from rich.console import Console

    from medmask.cohort import Bar, Lines, Silent

    console = Console(stderr=True)
    if quiet:
        return Silent()
    if console.is_terminal and not verbose:
        return Bar(console)
    return Lines(console, every_scan=verbose)


def _say_plan(request: Request, task: MaskScan, *, as_json: bool) -> None:
    """Say what a run would do, without a trace of the question."""
    from medmask.cohort import plan_run

    inventory, plan = plan_run(request, task)
    seconds = sum(job.forecast.seconds for job in plan.to_do) / request.crew.jobs
    counts = {
        "scans": len(inventory.scans),
        "to_do": len(plan.to_do),
        "done_before": len(plan.kept),
        "not_named_by_only": plan.left_out,
        "files_refused": len(inventory.refused),
        "files_not_used": sum(count for _, count in inventory.not_used),
        "forecast_seconds": round(seconds),
        "forecast_largest_mb": max((job.forecast.memory_mb for job in plan.to_do), default=0),
        "allowed_mb": round(request.crew.allowed_mb),
        "too_large": sum(job.forecast.memory_mb > request.crew.allowed_mb for job in plan.to_do),
    }
    if as_json:
        typer.echo(
            json.dumps(counts | {"sources": [job.scan.source for job in plan.to_do]}, indent=1)
        )
        return
    for job in sorted(plan.to_do, key=lambda job: job.scan.source):
        scan, needs = job.scan, f"{job.forecast.memory_mb:,.0f} MB"
        row = None if request.manifest is None else request.manifest.row_of(scan)
        by = "" if row is None else f", {row.recipes.name}"
        typer.echo(f"to do  {scan.source}  ({scan.format}, {len(scan.files)} files, {needs}{by})")
    typer.echo(", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in counts.items()))


def _say_end(ended: Ended, request: Request, *, as_json: bool, report: bool) -> None:
    """Say how the run ended, the failures by their cause, and where to look."""
    from medmask.outcome import Status

    counts = {str(status): ended.count(status) for status in Status}
    codes = Counter(row.code for row in ended.outcomes if row.status is Status.FAILED)
    page = request.output / "report" / "index.html"
    if as_json:
        facts = {**counts, "worked_on": ended.worked_on, "seconds": ended.seconds}
        typer.echo(json.dumps(facts | {"failed_by_code": dict(sorted(codes.items()))}, indent=1))
        return
    typer.echo(
        f"{counts['done']} done, {counts['failed']} failed, {counts['skipped']} skipped; "
        f"{ended.worked_on} worked on in {ended.seconds:.1f} s"
    )
    if not ended.outcomes:
        typer.echo("no scan was found; `medmask inspect INPUT` says what every file is")
    for code, count in codes.most_common():
        first = next(row for row in ended.outcomes if row.code == code)
        typer.echo(f"  {count} {code}, such as {first.source}")
    if codes:
        again = shlex.join(["medmask", *request.command])
        more = "" if request.retry_failed else " --retry-failed"
        typer.echo(f"again   {again}{more}")
    if request.shard is not None:
        typer.echo(f"when all parts have ended: medmask report {request.output}")
        return
    typer.echo(f"table   {request.output / 'scans.csv'}")
    if report:
        typer.echo(f"report  {page}")
