"""``medmask compare``: how well a mask agrees with a reference."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medmask.cli import options
from medmask.cli.exits import said_clearly

_WIDEST = 40  # characters of a name

if TYPE_CHECKING:
    from medmask.pipeline.compare import Compared, Comparison


def compare(
    mask: Annotated[Path, typer.Argument(metavar="MASK", help="A mask or label map.")],
    reference: Annotated[
        Path, typer.Argument(metavar="REFERENCE", help="What it should be, on the same voxels.")
    ],
    label: Annotated[
        str,
        typer.Option(
            metavar="N,N-N", help="Compare these labels of MASK as one mask: 2 or 25-50,91."
        ),
    ] = "",
    reference_label: Annotated[
        str, typer.Option(metavar="N,N-N", help="The same of REFERENCE.")
    ] = "",
    tolerance_mm: Annotated[
        float, typer.Option(min=0, metavar="T", help="Of the surface Dice, in mm.")
    ] = 2.0,
    as_json: options.JsonOption = False,
) -> None:
    """Compare a mask with a reference: Dice, volumes and distances between surfaces.

    Two masks are compared whatever their value for "yes" is; label maps label by label. A label
    that only one of them has gets Dice 0 and no distance, one that neither has no Dice.

    `hd95` is the 95th percentile of the distances between the surfaces, `mean` their mean,
    `surface dice` the share of both surfaces within the tolerance (Nikolov et al. 2021,
    doi:10.2196/26151). Without spacing only voxels are compared.

    Both must have the same voxels; arrays that run different ways through them are put in order,
    and nothing is resampled. For medmask's label map against a mask of bone:
    `medmask compare labels.nii.gz bone.nii.gz --label 2`.
    """
    with said_clearly():
        from medmask.cohort import raster_at
        from medmask.pipeline.compare import Wanted
        from medmask.pipeline.compare import compare as compare_rasters
        from medmask.readers import ReadOptions

        reading = ReadOptions(time_series="skip")
        wanted = Wanted(
            _numbers(label), _numbers(reference_label), _names(mask, reference), tolerance_mm
        )
        found = compare_rasters(raster_at(mask, reading), raster_at(reference, reading), wanted)
        if as_json:
            typer.echo(json.dumps(_document(mask, reference, found, tolerance_mm), indent=1))
        else:
            for line in _lines(found, tolerance_mm):
                typer.echo(line)


def _numbers(text: str) -> tuple[int, ...]:
    """Return the numbers of ``25-50,91``."""
    from medmask.errors import RequestError

    if not re.fullmatch(r"(\d+(-\d+)?(,\d+(-\d+)?)*)?", text):
        raise RequestError(f"labels {text!r}; accepted: numbers and ranges, such as 2 or 25-50,91")
    ranges = (part.partition("-") for part in text.split(",") if part)
    return tuple(n for low, _, high in ranges for n in range(int(low), int(high or low) + 1))


def _names(mask: Path, reference: Path) -> dict[int, str]:
    """Return the names of labels: those of a run's label map, else the reference's, the mask's."""
    from medmask.annotations import label_names
    from medmask.labels import Label

    if mask.name.startswith("labels.") and (mask.parent / "scan.json").is_file():
        return {int(label): label.name.lower().replace("_", " ") for label in Label}
    files = [path for path in (mask, reference) if path.is_file()]
    return {n: name for path in files for n, name in label_names(path).items()}


def _document(
    mask: Path, reference: Path, found: Comparison, tolerance_mm: float
) -> dict[str, object]:
    return {
        "mask": mask.name,
        "reference": reference.name,
        "displacement_mm": found.displacement_mm,
        "reordered": found.is_reordered,
        "placed": found.is_placed,
        "tolerance_mm": tolerance_mm,
        "labels": [
            {"label": one.label, "name": one.name, **asdict(one.agreement)} for one in found.labels
        ],
    }


def _lines(found: Comparison, tolerance_mm: float) -> Iterator[str]:
    """Yield what a terminal shows: how the grids lie, then a line for each label."""
    wide = max((len(one.name) for one in found.labels), default=0) + 2
    wide = min(max(16, wide), _WIDEST)
    if not found.is_placed:
        yield "the files do not both say where they lie; their voxels were matched by shape alone"
    elif found.is_reordered:
        yield "the arrays run different ways through the same voxels; they were put in order"
    if found.displacement_mm > 1e-3:
        yield f"the headers place the same voxels up to {found.displacement_mm:.3g} mm apart"
    heads = ("ml", "reference", "difference", "Dice", "hd95 mm", "mean mm", "surface dice")
    yield " " * wide + "".join(f"{head:>13}" for head in heads)
    yield from (_line(one, wide) for one in found.labels)
    if not found.labels:
        yield "neither holds a label"
    yield f"surface dice within {tolerance_mm:g} mm"


def _line(one: Compared, wide: int) -> str:
    measured = one.agreement
    numbers = (
        _text(measured.volume_ml, ".6g"),
        _text(measured.reference_ml, ".6g"),
        _text(measured.difference_ml, "+.4g"),
        _text(measured.dice, ".4f"),
        _text(measured.hd95_mm, ".3f"),
        _text(measured.mean_surface_mm, ".3f"),
        _text(measured.surface_dice, ".4f"),
    )
    return f"{one.name[: wide - 1]:{wide}}" + "".join(f"{number:>13}" for number in numbers)


def _text(number: float | None, form: str) -> str:
    return "-" if number is None else format(number, form)
