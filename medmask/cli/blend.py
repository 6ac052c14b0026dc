"""``medmask blend``: two images and a mask into one image."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medmask.cli import options
from medmask.cli.exits import said_clearly
from medmask.cli.flag import flag

if TYPE_CHECKING:
    from medmask.pipeline.mix import Mixed


def blend(
    first: Annotated[
        Path, typer.Argument(metavar="FIRST", help="Seen where the mask is 1: a file or a series.")
    ],
    second: Annotated[
        Path, typer.Argument(metavar="SECOND", help="Seen where the mask is 0; its grid is kept.")
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="F", help="Written: .png, .nii.gz or .nii.")
    ],
    mask: Annotated[
        Path | None,
        typer.Option("--mask", metavar="M", help="Without it the alpha channel of FIRST."),
    ] = None,
    feather_mm: Annotated[
        float, typer.Option(min=0, metavar="R", help="Soften the mask: sigma of a Gaussian in mm.")
    ] = 0.0,
    feather_px: Annotated[
        float, typer.Option(min=0, metavar="R", help="The same in pixels of rows and columns.")
    ] = 0.0,
    resample: Annotated[
        bool, flag("--resample", help="Bring FIRST and mask onto the grid of SECOND.")
    ] = False,
    mask_white: Annotated[
        float | None,
        typer.Option(metavar="V", help="The value of the mask that means 1, if that is unclear."),
    ] = None,
    as_json: options.JsonOption = False,
) -> None:
    """Blend two images by a mask: I = M * FIRST + (1 - M) * SECOND, channel by channel.

    Pictures (grey, RGB, with alpha; 8 and 16 bits) and volumes (NIfTI, NRRD, MetaImage, DICOM).
    Exactly FIRST where the mask is 1 and SECOND where it is 0; opacity is straight. The deeper of
    two pictures tells the depth of the result. A volume beside a picture is shown in its window.
    With a mask the result is as transparent as FIRST where the mask is 1.

    A mask is 0 and 1, 0 and 255 or 0 and 65535; shares of 0 to 1; or grey up to white. What may
    mean labels or percents is refused, unless `--mask-white` says what 1 is.

    Shapes that differ are refused, nothing is resized. With `--resample` FIRST and the mask are
    interpolated linearly by their places in the world.
    """
    with said_clearly():
        from medmask.cohort import raster_at
        from medmask.errors import RequestError
        from medmask.pipeline.encode import demand_ending, encoded
        from medmask.pipeline.mix import MixOptions, mix
        from medmask.readers import ReadOptions
        from medmask.writers import write_atomically

        demand_ending(out)
        _check_out(out, [path for path in (first, second, mask) if path is not None])
        if feather_mm and feather_px:
            raise RequestError("--feather-mm and --feather-px: one of them is enough")
        if mask_white is not None and not mask_white > 0:
            raise RequestError(f"--mask-white {mask_white:g}; accepted: a number above 0")
        reading = ReadOptions()
        mixed = mix(
            raster_at(first, reading),
            raster_at(second, reading),
            None if mask is None else raster_at(mask, reading),
            MixOptions(feather_mm, feather_px, resample, mask_white),
        )
        write_atomically(out, encoded(mixed.raster, out))
        for warning in mixed.warnings:
            typer.echo(f"medmask: {warning.code}: {warning.message}", err=True)
        document = _document(mixed, out)
        typer.echo(json.dumps(document, indent=1) if as_json else _sentence(mixed, out))


def _check_out(out: Path, inputs: list[Path]) -> None:
    """Refuse to write where nothing can be written, or over what is read."""
    from medmask.errors import RequestError

    if not out.parent.is_dir():
        raise RequestError(f"--out {out}: there is no folder {out.parent}")
    if out.is_dir():
        raise RequestError(f"--out {out}: a folder; a file is needed")
    for path in inputs:
        if out.resolve().is_relative_to(path.resolve()):
            raise RequestError(f"--out {out}: that is one of the inputs")


def _document(mixed: Mixed, out: Path) -> dict[str, object]:
    raster, weights = mixed.raster, mixed.weights.values
    return {
        "out": out.name,
        "shape": list(raster.grid.shape),
        "channels": raster.samples.shape[-1],
        "alpha": raster.alpha is not None,
        "type": str(raster.samples.dtype),
        "mask": {
            "meaning": mixed.weights.meaning,
            "mean": float(weights.mean(dtype=float)),
            "share_first": float((weights == 1).mean()),
            "share_second": float((weights == 0).mean()),
        },
        "warnings": [asdict(warning) for warning in mixed.warnings],
    }


def _sentence(mixed: Mixed, out: Path) -> str:
    slices, rows, columns = mixed.raster.grid.shape
    weights = mixed.weights.values
    first, second = 100 * float((weights == 1).mean()), 100 * float((weights == 0).mean())
    return (
        f"{out}: {columns} x {rows} x {slices}, {mixed.raster.samples.dtype}; "
        f"mask: {mixed.weights.meaning}; "
        f"{first:.1f} % FIRST, {second:.1f} % SECOND, {100 - first - second:.1f} % both"
    )
