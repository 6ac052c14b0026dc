"""What ``medmask run`` says on stdout: what it would do, or how it ended."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from medmask.cohort import Ended, Request
    from medmask.pipeline import MaskScan


def say_plan(request: Request, task: MaskScan, *, as_json: bool) -> None:
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


def say_end(ended: Ended, request: Request, *, as_json: bool, report: bool) -> None:
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
