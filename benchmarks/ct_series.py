"""A CT series of any number of slices, made from the thorax of the samples."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.dicom_files import write_series

sys.path.append(str(Path(__file__).parents[1] / "sample_data"))
import ct_thorax

SIDE = 512
NOISE_HU = 25.0


def spacing_mm(slices: int) -> tuple[float, float, float]:
    """Return the spacing at which so many slices are as high as the thorax."""
    height, width = ct_thorax.SHAPE[0], ct_thorax.SHAPE[2]
    thick, _, across = ct_thorax.SPACING_MM
    return thick * height / slices, across * width / SIDE, across * width / SIDE


def hounsfield(slices: int, seed: int = 0) -> NDArray[np.int16]:
    """Return the thorax with noise, shape (slices, 512, 512); -2000 where no scanner sees."""
    small = ct_thorax.thorax()[0]
    noise = np.random.default_rng(seed).normal(0, NOISE_HU, (SIDE + 97, SIDE)).astype(np.int16)
    voxels = np.empty((slices, SIDE, SIDE), np.int16)
    for k, slab in enumerate(voxels):
        plane = small[k * len(small) // slices]
        slab[...] = np.kron(plane, np.ones((2, 2), np.int16))
        slab[slab > ct_thorax.PADDING] += np.roll(noise[k % 97 :][:SIDE], 31 * k, axis=1)[
            slab > ct_thorax.PADDING
        ]
    return voxels


def write(folder: Path, slices: int, seed: int = 0) -> list[Path]:
    """Write the series, one file a slice, and return the files in their order.

    Another seed is another series, with noise and UIDs of its own.
    """
    stored = (hounsfield(slices, seed) + 1024).astype(np.int16)
    return write_series(
        folder, stored, spacing=spacing_mm(slices), intercept=-1024.0, series=f"thorax {seed}"
    )
