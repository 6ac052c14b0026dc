"""Segmentation -> the small pictures that the report is made of."""

from __future__ import annotations

from pathlib import Path

from medmask.overlay import Subject, choose_display, thumbnail
from medmask.pipeline.segment import Segmentation
from medmask.writers import webp, write_atomically

THUMBNAIL_BYTES = 60_000
_QUALITIES = (70, 40, 10)


def write_review(folder: Path, result: Segmentation) -> dict[str, object]:
    """Write what the report shows of a scan.

    Parameters
    ----------
    folder : Path
        Of the scan; the files go to ``review/`` in it.
    result : Segmentation

    Returns
    -------
    dict
        What ``scan.json`` says of it, with file names relative to the folder.
    """
    style = result.recipe.overlay.build()
    display = choose_display(result.volume, style.window)
    subject = Subject(result.volume, display, result.labels, (), style.layers)
    name = "review/thumb.webp"
    write_atomically(folder / name, _thumbnail(subject))
    return {"thumbnail": name}


def _thumbnail(subject: Subject) -> bytes:
    """Return the best encoding that keeps to the weight, else the smallest."""
    picture = thumbnail(subject)
    encoded = b""
    for quality in _QUALITIES:
        encoded = webp(picture, quality)
        if len(encoded) <= THUMBNAIL_BYTES:
            break
    return encoded
