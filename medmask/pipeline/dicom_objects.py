"""Segmentation -> DICOM objects beside its files: a SEG of the masks, captures of the overlay."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path

from medmask.annotation import Annotation
from medmask.dicom_source import DicomSource
from medmask.errors import MissingPackage, Unsupported
from medmask.outcome import ScanWarning
from medmask.overlay import Subject, choose_display, film
from medmask.pipeline.segment import Segmentation
from medmask.readers import ReadOptions, read_sources
from medmask.recipe import RecipeChoice
from medmask.scan import Format, Scan
from medmask.version import __version__
from medmask.writers import dicom_seg, secondary_capture, write_atomically

SEG_FILE = "seg.dcm"
CAPTURES = "overlay_sc"


def demand_packages(recipes: RecipeChoice) -> None:
    """Demand what recipes need beyond medmask's own packages, before anything is started.

    Raises
    ------
    MissingPackage
        If a segmentation is asked for and highdicom is not installed.
    """
    asked = any(recipe.outputs.dicom_seg for _, recipe in recipes.recipes)
    if asked and importlib.util.find_spec("highdicom") is None:
        raise MissingPackage("outputs.dicom_seg", "highdicom", "medmask[seg]")


def write_dicom_objects(
    folder: Path,
    scan: Scan,
    options: ReadOptions,
    result: Segmentation,
    annotations: Sequence[Annotation] = (),
) -> tuple[ScanWarning, ...]:
    """Write the DICOM objects that a scan's recipe asks for.

    Parameters
    ----------
    folder : Path
        Of the scan: `SEG_FILE` and `CAPTURES` go there.
    scan : Scan
    options : ReadOptions
        Those that the scan was read with.
    result : Segmentation
    annotations : sequence of Annotation
        Drawn on the captures where the style has a layer for them.

    Returns
    -------
    tuple of ScanWarning
        What could not be made, and why.
    """
    outputs = result.recipe.outputs
    asked = {SEG_FILE: outputs.dicom_seg, CAPTURES: outputs.secondary_capture}
    names = [name for name, is_asked in asked.items() if is_asked]
    if not names:
        return ()
    if scan.format is not Format.DICOM:
        message = f"{' and '.join(names)}: not written, as the scan is {scan.format}, not DICOM"
        return (ScanWarning("no_dicom_source", message),)
    source = read_sources(scan.files, options, scan.part)
    digest = _digest(source, result)
    said: tuple[ScanWarning, ...] = ()
    if outputs.dicom_seg:
        said = _write_seg(folder / SEG_FILE, result, source, digest)
    if outputs.secondary_capture:
        _write_captures(folder / CAPTURES, result, source, digest, annotations)
    return said


def _digest(source: DicomSource, result: Segmentation) -> str:
    """Return what tells this result from others of the same source."""
    labels = hashlib.sha256(result.labels.voxels.tobytes()).hexdigest()
    words = (*source.identity, labels, result.recipe.sha256, __version__)
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def _write_seg(
    path: Path, result: Segmentation, source: DicomSource, digest: str
) -> tuple[ScanWarning, ...]:
    try:
        content = dicom_seg(result.labels, source, digest)
    except Unsupported as error:
        return (ScanWarning("no_dicom_seg", f"{SEG_FILE} was not written: {error.found}"),)
    if content is None:
        message = f"{SEG_FILE} was not written: nothing is labelled"
        return (ScanWarning("no_dicom_seg", message),)
    write_atomically(path, content)
    return ()


def _write_captures(
    folder: Path,
    result: Segmentation,
    source: DicomSource,
    digest: str,
    annotations: Sequence[Annotation],
) -> None:
    volume, style = result.volume, result.recipe.overlay.build()
    display = choose_display(volume, style.window)
    subject = Subject(volume, display, result.labels, tuple(annotations), style.layers)
    facts = (_derivation(result), digest)
    digits = len(str(volume.grid.shape[0]))
    for k in range(volume.grid.shape[0]):
        content = secondary_capture(film(subject, k), k, volume.grid, source, facts)
        write_atomically(folder / f"{k + 1:0{digits}}.dcm", content)


def _derivation(result: Segmentation) -> str:
    """Return in a sentence what a capture shows."""
    unit = f" {result.scale.unit}" if result.scale.unit else ""
    found = [("soft tissue", result.soft_tissue), ("bone", result.bone)]
    told = [
        f"{name} by threshold {decision.threshold.native:g}{unit}"
        for name, decision in found
        if decision is not None
    ]
    return f"medmask {__version__}: {', '.join(told)}, laid over the image"
