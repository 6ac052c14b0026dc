"""Segmentation -> the small pictures that the report is made of."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from medmask.annotation import Annotation
from medmask.overlay import (
    MARGIN_PX,
    CodeCurve,
    Coder,
    ContactSheet,
    Subject,
    choose_display,
    review_layers,
    thumbnail,
)
from medmask.pipeline.segment import Segmentation
from medmask.pipeline.sheets import SLICES, Sheets, grey_file, mask_files
from medmask.writers import webp, write_atomically

THUMBNAIL_BYTES = 60_000
_THUMBNAIL_QUALITIES = (70, 40, 10)


def write_review(
    folder: Path,
    result: Segmentation,
    slices: int = SLICES,
    annotations: tuple[Annotation, ...] = (),
) -> dict[str, object]:
    """Write what the report shows of a scan.

    Parameters
    ----------
    folder : Path
        Of the scan; the files go to ``review/`` in it.
    result : Segmentation
    slices : int
        Of each plane at most; 0 leaves the sheets out.
    annotations : tuple of Annotation
        On the scan's grid.

    Returns
    -------
    dict
        What ``scan.json`` says of it, with file names relative to the folder.
    """
    volume, style = result.volume, result.recipe.overlay.build()
    display = choose_display(volume, style.window)
    subject = Subject(volume, display, result.labels, annotations, style.layers)
    write_atomically(folder / "review/thumb.webp", _thumbnail(subject))
    document: dict[str, object] = {"thumbnail": "review/thumb.webp"}
    if slices < 1:
        return document
    native_range = (result.histogram.native_min, result.histogram.native_max)
    curve = CodeCurve.of(volume, display, native_range)
    sheets = Sheets.of(subject, Coder.of(curve, volume), slices)
    for name, content in sheets.files.items():
        write_atomically(folder / name, content)
    return document | {
        "curve": [list(knot) for knot in curve.knots],
        "window": asdict(display),
        "layers": [asdict(layer) for layer in review_layers(subject)],
        "planes": [_plane_document(subject, layout) for layout in sheets.layouts],
    }


def _thumbnail(subject: Subject) -> bytes:
    """Return the best encoding that keeps to the weight, else the smallest."""
    picture = thumbnail(subject)
    encoded = b""
    for quality in _THUMBNAIL_QUALITIES:
        encoded = webp(picture, quality)
        if len(encoded) <= THUMBNAIL_BYTES:
            break
    return encoded


def _plane_document(subject: Subject, layout: ContactSheet) -> dict[str, object]:
    """Tell where the pictures of a plane lie, on their sheets and in the world."""
    grid, plane = subject.volume.grid, layout.plane
    return {
        "name": plane.name,
        "tile_px": list(layout.tile),
        "margin_px": MARGIN_PX,
        "columns": layout.columns,
        "extent": list(plane.extent(grid)),
        "millimetres": plane.spacing_known(grid),
        "sides": list(plane.letters(grid)),
        "slices": list(layout.at),
        "of": grid.shape[plane.normal.index],
        "positions_mm": [plane.position_mm(grid, at) for at in layout.at],
        "grey": grey_file(layout),
        "masks": mask_files(subject, layout),
    }
