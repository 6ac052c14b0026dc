"""The preset ct-bone against the bones that a network drew, with contrast medium and without."""

from pathlib import Path

import nibabel
import numpy as np
import pytest
from scipy import ndimage

import medmask
from medmask.labels import Label
from medmask.volume import Volume

DATA = Path(__file__).parents[2] / "../shared/data/ct-bone-labels-totalseg"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent")

BONES = [*range(25, 51), *range(69, 79), 91, *range(92, 117)]
AORTA, VEINS, ILIACS, KIDNEYS, LIVER, SPLEEN = (52,), (63, 64, 67, 68), (65, 66), (2, 3), (5,), (1,)
PHASES = {
    "as it is": {},
    "arterial": {AORTA + ILIACS: 380, KIDNEYS: 190},
    "portal venous": {AORTA + ILIACS + VEINS: 180, KIDNEYS: 220, LIVER: 115, SPLEEN: 135},
    "angiography": {AORTA + ILIACS: 600, KIDNEYS: 350, VEINS: 250},
}


def enhanced(volume, labels, phase):
    """Return a scan with its organs' medians raised to these HU, as contrast medium does."""
    hounsfield = volume.voxels.astype(np.float32)
    for numbers, wanted in PHASES[phase].items():
        for number in numbers:
            organ = labels == number
            if organ.any():
                weight = ndimage.gaussian_filter(organ.astype(np.float32), 0.5)
                weight[np.isin(labels, BONES)] = 0.0
                hounsfield += weight * (wanted - np.median(volume.voxels[organ]))
    return Volume(np.rint(hounsfield).astype(np.int16), volume.grid, "CT", unit="HU")


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize(
    ("scan", "drawn"),
    [("example_ct", "example_seg_fast_force_split"), ("example_ct_sm", "example_seg")],
)
def test_bone_overlaps_with_what_a_network_drew_in_every_phase(scan, drawn, phase):
    volume = medmask.read(DATA / f"{scan}.nii.gz", modality="CT")
    labels = np.asarray(nibabel.load(DATA / f"{drawn}.nii.gz").dataobj).T
    found = medmask.segment(enhanced(volume, labels, phase), "ct-bone").labels.where(Label.BONE)
    drawn_bone = np.isin(labels, BONES)
    overlap = np.count_nonzero(found & drawn_bone)
    assert 2 * overlap / (found.sum() + drawn_bone.sum()) >= 0.90
