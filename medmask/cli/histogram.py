"""``medmask histogram``: one scan's thresholds by every strategy, and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medmask.cli import options
from medmask.cli.exits import said_clearly

if TYPE_CHECKING:
    from medmask.pipeline.decide import Candidate, Decision, Decisions
    from medmask.recipe import Recipe
    from medmask.volume import Volume


def histogram(
    scan: Annotated[
        Path, typer.Argument(metavar="SCAN", help="A file, or a folder that holds one scan.")
    ],
    recipe: options.RecipeOption = "auto",
    modality: options.ModalityOption = "auto",
    picture: Annotated[
        Path | None, typer.Option("--png", metavar="F", help="Draw it into this file, too.")
    ] = None,
    as_json: options.JsonOption = False,
) -> None:
    """Show a scan's histogram and its thresholds by every strategy, in levels and native units.

    The recipe's own two thresholds come first, then what each strategy chooses with its default
    parameters. Padding is left out. Nothing is written unless a picture is asked for.
    """
    with said_clearly():
        from medmask.cohort import read_one
        from medmask.pipeline.decide import decide
        from medmask.recipe import RecipeChoice

        _check_picture(picture, scan)
        choice = RecipeChoice.of(recipe)
        volume = read_one(scan, choice.reading(modality))
        chosen = choice.for_family(volume.family)
        decided = decide(volume, chosen)
        for warning in volume.warnings:
            typer.echo(f"medmask: {warning.code}: {warning.message}", err=True)
        if picture is not None:
            _draw(decided, chosen, picture)
        if as_json:
            typer.echo(json.dumps(_document(volume, chosen, decided), indent=1))
        else:
            for line in _lines(volume, chosen, decided):
                typer.echo(line)


def _check_picture(picture: Path | None, scan: Path) -> None:
    """Refuse to draw where nothing can be written, or over what is read."""
    from medmask.errors import RequestError

    if picture is None:
        return
    if not picture.parent.is_dir():
        raise RequestError(f"--png {picture}: there is no folder {picture.parent}")
    if picture.is_dir():
        raise RequestError(f"--png {picture}: a folder; a file is needed")
    if picture.resolve().is_relative_to(scan.resolve()):
        raise RequestError(f"--png {picture}: that is in the scan itself")


def _draw(decided: Decisions, recipe: Recipe, picture: Path) -> None:
    from medmask.pipeline.evidence import evidence_picture
    from medmask.writers import png, write_atomically

    write_atomically(picture, png(evidence_picture(decided, recipe)))


def _lines(volume: Volume, recipe: Recipe, decided: Decisions) -> Iterator[str]:
    """Yield what a terminal shows: the scan, both thresholds, all strategies, the counts."""
    counted, scale = decided.histogram, decided.histogram.scale
    unit = scale.unit or "native"
    padding = volume.voxels.size - counted.total
    yield (
        f"{volume.modality}, recipe {recipe.name}: {counted.total:,} voxels "
        f"from {counted.native_min:.6g} to {counted.native_max:.6g} {scale.unit}".rstrip()
        + (f"; {padding:,} voxels of padding left out" if padding else "")
    )
    sign, offset = ("-" if scale.intercept < 0 else "+"), abs(scale.intercept)
    yield f"scale {scale.kind}: {unit} = {scale.slope:.6g} * level {sign} {offset:.6g}"
    yield ""
    yield f"{'':12} {'level':>9} {unit:>10}"
    for name, decision in _sought(decided):
        yield _row(name, decision.threshold.level, decision.threshold.native, _told(decision))
    yield ""
    for candidate in _candidates(decided):
        mark = ", ".join(_marks(candidate, decided))
        told = candidate.reason or (f"<- {mark}" if mark else "")
        yield _row(candidate.strategy, candidate.level, candidate.native, told)
    yield ""
    yield from _plot(decided)


def _row(name: str, level: float | None, native: float | None, told: str) -> str:
    first, second = ("-" if number is None else f"{number:.5g}" for number in (level, native))
    return f"{name:12} {first:>9} {second:>10}   {told}".rstrip()


def _told(decision: Decision) -> str:
    """Return how a threshold was found and how stable it is."""
    moved = decision.stability
    how = decision.strategy if decision.fallback is None else f"fallback: {decision.fallback}"
    if decision.growth is not None:
        how += f", grown down to level {decision.growth.low.level:.4g}"
    if moved.fewer is None or moved.more is None:
        return f"{how}; nothing lies above it"
    return (
        f"{how}; {moved.delta_levels:g} levels up or down: "
        f"-{moved.fewer:.1%} or +{moved.more:.1%} of the voxels above"
    )


def _sought(decided: Decisions) -> list[tuple[str, Decision]]:
    found = [("soft tissue", decided.soft_tissue)]
    return found if decided.bone is None else [*found, ("bone", decided.bone)]


def _candidates(decided: Decisions) -> list[Candidate]:
    """Return every strategy's choice, the two fixed ones first."""
    fixed = [d.candidates[0] for _, d in _sought(decided)]
    return [*fixed, *decided.soft_tissue.candidates[1:]]


def _marks(candidate: Candidate, decided: Decisions) -> list[str]:
    """Return the masks whose threshold is this one."""
    return [
        name
        for name, decision in _sought(decided)
        if candidate.level == decision.threshold.level
        and candidate.strategy == ("fixed" if decision.fallback else decision.strategy)
    ]


def _plot(decided: Decisions) -> list[str]:
    from medmask.overlay import Labelled, histogram_text
    from medmask.overlay.histogram_text import BLOCKS, PLAIN

    marks = []
    for name, decision in _sought(decided):
        found = decision.threshold
        native = f"{found.native:.4g} {decided.histogram.scale.unit}".rstrip()
        marks.append(Labelled(f"{name} {found.level:.4g} ({native})", found.level))
    try:
        BLOCKS.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return histogram_text(decided.histogram, marks, PLAIN)
    return histogram_text(decided.histogram, marks)


def _document(volume: Volume, recipe: Recipe, decided: Decisions) -> dict[str, object]:
    from medmask.pipeline.account import decision_document

    counted, each = decided.histogram, volume.grid.voxel_ml
    return {
        "modality": volume.modality,
        "recipe": recipe.name,
        "voxels": counted.total,
        "padding_voxels": volume.voxels.size - counted.total,
        "native_range": [counted.native_min, counted.native_max],
        "scale": {
            "kind": counted.scale.kind,
            "slope": counted.scale.slope,
            "intercept": counted.scale.intercept,
            "unit": counted.scale.unit,
        },
        "thresholds": {
            "soft_tissue": decision_document(decided.soft_tissue, each),
            "bone": None if decided.bone is None else decision_document(decided.bone, each),
        },
        "candidates": [asdict(candidate) for candidate in _candidates(decided)],
        "warnings": [asdict(warning) for warning in volume.warnings],
    }
