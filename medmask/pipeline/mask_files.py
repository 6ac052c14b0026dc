"""Segmentation -> its masks as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from medmask.labels import Label
from medmask.overlay import masked_image
from medmask.pipeline.segment import Segmentation
from medmask.volume import Volume
from medmask.writers import labels_nifti, mask_nifti, png, volume_nifti, write_atomically


def write_masks(folder: Path, result: Segmentation) -> None:
    """Write the label map, and the masks and the masked scan if the recipe asks for them.

    Parameters
    ----------
    folder : Path
        Of the scan.
    result : Segmentation
    """
    labels, codes, outputs = result.labels, result.volume.space_codes, result.recipe.outputs
    write_atomically(folder / "labels.nii.gz", labels_nifti(labels, codes))
    if labels.grid.is_2d:
        write_atomically(folder / "labels.png", png(labels.voxels[0]))
    if outputs.masks:
        for name, label in (("soft_tissue", Label.SOFT_TISSUE), ("bone", Label.BONE)):
            content = mask_nifti(labels.where(label), labels.grid, codes)
            write_atomically(folder / f"{name}.nii.gz", content)
    if outputs.masked_image:
        volume = result.volume
        kept = masked_image(volume.voxels, labels.where(Label.BONE), _darkest(volume))
        content = volume_nifti(replace(volume, voxels=kept))
        write_atomically(folder / "masked_bone.nii.gz", content)


def _darkest(volume: Volume) -> float:
    """Return the stored value of the least native one that is a number."""
    least = np.fmin.reduce if volume.rescale.slope > 0 else np.fmax.reduce
    return float(least(volume.voxels, axis=None))
