"""medmask from Python: read, segment, blend, run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import joblib

from medmask.cohort import CrewOptions, Given, Manifest, Request, Silent, read_one
from medmask.cohort import run as run_cohort
from medmask.outcome import Outcome
from medmask.overlay import blend
from medmask.pipeline import MaskScan, Segmentation
from medmask.pipeline import segment as segment_volume
from medmask.readers import ReadOptions
from medmask.recipe import Recipe, RecipeChoice
from medmask.report.draw import draw_report
from medmask.volume import Volume

__all__ = ["blend", "read", "run", "segment"]

AnyPath = str | os.PathLike[str]


def read(path: AnyPath, *, modality: str = "auto") -> Volume:
    """Read the one scan at a path.

    Parameters
    ----------
    path : path
        A NIfTI file, a picture, or a folder that holds one DICOM series.
    modality : str, default "auto"
        For formats that do not say theirs: ``CT``, ``MR``, ...

    Returns
    -------
    Volume
        Voxels of shape (slices, rows, columns) in the file's own type, on their grid.

    Raises
    ------
    MissingInput
        If there is nothing at the path, no scan in it, or more than one.
    ScanError
        If the scan is not understood.
    """
    return read_one(Path(path), ReadOptions(modality=modality))


def segment(volume: Volume, recipe: str | Recipe = "auto") -> Segmentation:
    """Mask soft tissue and bone of one volume.

    Parameters
    ----------
    volume : Volume
    recipe : str or Recipe, default "auto"
        ``auto`` (the preset of the volume's modality), a preset's name, or a recipe file.

    Returns
    -------
    Segmentation
        ``labels.voxels`` holds 0 background, 1 soft tissue, 2 bone; thresholds with their
        evidence, figures and warnings lie beside it.

    Raises
    ------
    RecipeError
        If the recipe is not understood.
    ScanError
        If the volume cannot be segmented by it.
    """
    choice = RecipeChoice.always(recipe) if isinstance(recipe, Recipe) else RecipeChoice.of(recipe)
    return segment_volume(volume, choice.for_family(volume.family))


def run(
    inputs: AnyPath | Sequence[AnyPath],
    output: AnyPath,
    *,
    recipe: str | Recipe = "auto",
    modality: str = "auto",
    annotations: AnyPath | None = None,
    manifest: AnyPath | None = None,
    jobs: int | None = None,
) -> tuple[Outcome, ...]:
    """Mask every scan below some inputs, or listed, that is not done yet, and draw the report.

    Parameters
    ----------
    inputs : path or sequence of paths
        Folders or files; a manifest needs none beside it: ``()``.
    output : path
        Made if need be; an earlier run in it is gone on with.
    recipe : str or Recipe, default "auto"
        As for `segment`.
    modality : str, default "auto"
        As for `read`.
    annotations : path, optional
        Of the scans below the inputs: a folder with the same paths below it, or a table with the
        columns ``scan``, ``annotation`` and, if wanted, ``name``.
    manifest : path, optional
        A table that lists scans, each with what is to be done to it.
    jobs : int, optional
        Scans at a time; by default one for each core.

    Returns
    -------
    tuple of Outcome
        One row for every scan found, as in ``scans.csv``.

    Raises
    ------
    RequestError
        If an input is missing, or there is none; if the recipe, the manifest or the table of
        annotations is not understood; if the output cannot be written.
    OutputLocked
        If another run holds the output.
    """
    several = [inputs] if isinstance(inputs, str | os.PathLike) else inputs
    choice = RecipeChoice.always(recipe) if isinstance(recipe, Recipe) else RecipeChoice.of(recipe)
    request = Request(
        inputs=tuple(Path(path) for path in several),
        output=Path(output),
        recipes=choice,
        modality=modality,
        annotations=None if annotations is None else Given.of(Path(annotations)),
        manifest=None if manifest is None else Manifest.of(Path(manifest), choice, modality),
        crew=CrewOptions(jobs=jobs or joblib.cpu_count()),
    )
    task = MaskScan(choice, request.reading, request.output)
    ended = run_cohort(request, task, Silent())
    draw_report(request.output)
    return ended.outcomes
