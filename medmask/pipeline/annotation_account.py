"""Annotations -> their files and their part of scan.json."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from medmask.annotation import Annotation
from medmask.labels import Label, LabelMap
from medmask.pipeline.annotate import Annotated, Refusal
from medmask.pipeline.segment import Segmentation
from medmask.quality import agree
from medmask.writers import mask_nifti, opacity_nifti, write_atomically

COMPARABLE_DICE = 0.3  # with less in common, distances between two surfaces tell nothing
_LONGEST_NAME = 48
_NOT_SAFE = re.compile(r"[^A-Za-z0-9]+")


def write_annotations(
    folder: Path, annotated: Annotated, result: Segmentation
) -> list[dict[str, object]]:
    """Write each annotation as a file of its own and return what ``scan.json`` says of all.

    Parameters
    ----------
    folder : Path
        Of the scan; the files go to ``annotations/`` in it, if the recipe wants them.
    annotated : Annotated
    result : Segmentation
        The masks that annotations are held against.
    """
    said = []
    for number, annotation in enumerate(annotated.annotations, 1):
        mask = annotation.mask(annotation.voxels)
        name = None
        if result.recipe.outputs.annotation_masks:
            name = f"annotations/{number}-{file_name(annotation.name)}.nii.gz"
            write_atomically(folder / name, _nifti(annotation, mask, result))
        said.append(_drawn(annotation, name, mask, result))
    return said + [_refused(refusal) for refusal in annotated.refusals]


def file_name(name: str) -> str:
    """Return a name in letters, digits and hyphens that every file system takes.

    Examples
    --------
    >>> file_name("GTV_Mass (CT) / é")
    'GTV-Mass-CT-e'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return _NOT_SAFE.sub("-", plain).strip("-")[:_LONGEST_NAME].strip("-") or "annotation"


def _nifti(annotation: Annotation, mask: NDArray[np.bool_], result: Segmentation) -> bytes:
    grid, codes = result.volume.grid, result.volume.space_codes
    if annotation.value is None:
        return opacity_nifti(annotation.voxels.astype(np.uint8, copy=False), grid, codes)
    return mask_nifti(mask, grid, codes)


def _drawn(
    annotation: Annotation, file: str | None, mask: NDArray[np.bool_], result: Segmentation
) -> dict[str, object]:
    voxels, each = int(np.count_nonzero(mask)), result.volume.grid.voxel_ml
    document: dict[str, object] = {
        "name": annotation.name,
        "kind": str(annotation.kind),
        "source": annotation.source,
        "file": file,
        "is_opacity": annotation.value is None,
        "colour": annotation.colour,
        "voxels": voxels,
        "volume_ml": None if each is None else voxels * each,
        "verdict": dataclasses.asdict(annotation.verdict),
    }
    for label in (Label.BONE, Label.SOFT_TISSUE):
        document |= _agreement(label, mask, voxels, result.labels)
    return document


def _agreement(
    label: Label, mask: NDArray[np.bool_], voxels: int, labels: LabelMap
) -> dict[str, object]:
    """Hold one of our masks against an annotation: Dice always, distances where they tell."""
    word = label.name.lower()
    ours = labels.count(label)
    common = sum(
        int(np.count_nonzero(slab & (here == label)))
        for slab, here in zip(mask, labels.voxels, strict=True)
        if slab.any()
    )
    dice = 2 * common / (ours + voxels) if ours + voxels else None
    said: dict[str, object] = {f"dice_{word}": dice}
    if dice is not None and dice >= COMPARABLE_DICE:
        found = agree(labels.where(label), mask, labels.grid)
        said[f"agreement_{word}"] = dataclasses.asdict(found)
    return said


def _refused(refusal: Refusal) -> dict[str, object]:
    return {
        "name": refusal.file.name,
        "kind": str(refusal.file.kind),
        "source": refusal.file.source,
        "file": None,
        "voxels": None,
        "verdict": {"fit": refusal.error.code, "message": str(refusal.error)},
    }
