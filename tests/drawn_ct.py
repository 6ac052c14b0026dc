"""A CT whose bones and organs were drawn by a network, and what contrast medium makes of it."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

import medmask
from medmask.volume import Volume

Floats = NDArray[np.float32]

DATA = Path(__file__).parents[1] / "../shared/data/ct-bone-labels-totalseg"
DRAWN = {"example_ct": "example_seg_fast_force_split", "example_ct_sm": "example_seg"}
BONES = [*range(25, 51), *range(69, 79), 91, *range(92, 117)]
AORTA, VEINS, ILIACS, KIDNEYS, LIVER, SPLEEN = (52,), (63, 64, 67, 68), (65, 66), (2, 3), (5,), (1,)
PHASES: dict[str, dict[tuple[int, ...], float]] = {
    "": {},
    "arterial": {AORTA + ILIACS: 380, KIDNEYS: 190},
    "portal": {AORTA + ILIACS + VEINS: 180, KIDNEYS: 220, LIVER: 115, SPLEEN: 135},
    "angiography": {AORTA + ILIACS: 600, KIDNEYS: 350, VEINS: 250},
}


def drawn_ct(scan: str) -> tuple[Volume, NDArray[np.uint8]]:
    """Return one of the scans of `DRAWN`, and the number of what each voxel belongs to."""
    volume = medmask.read(DATA / f"{scan}.nii.gz", modality="CT")
    drawn = np.asarray(nibabel.load(DATA / f"{DRAWN[scan]}.nii.gz").dataobj)  # type: ignore[attr-defined]
    return volume, drawn.T.astype(np.uint8)


def enhanced(hounsfield: Floats, labels: NDArray[np.uint8], phase: str) -> Floats:
    """Raise organs' medians to the HU of a phase of `PHASES`, as contrast medium does."""
    raised = hounsfield.copy()
    for numbers, wanted in PHASES[phase].items():
        for number in numbers:
            organ = labels == number
            if organ.any():
                weight = ndimage.gaussian_filter(organ.astype(np.float32), 0.5)
                weight[np.isin(labels, BONES)] = 0.0
                raised += weight * (wanted - np.median(hounsfield[organ]))
    return raised
