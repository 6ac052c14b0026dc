"""The preset ct-bone against the bones that a network drew, with contrast medium and without."""

import numpy as np
import pytest

import medmask
from medmask.labels import Label
from medmask.volume import Volume
from tests.drawn_ct import BONES, DATA, DRAWN, PHASES, drawn_ct, enhanced

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent")


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("scan", DRAWN)
def test_bone_overlaps_with_what_a_network_drew_in_every_phase(scan, phase):
    volume, labels = drawn_ct(scan)
    hounsfield = enhanced(volume.voxels.astype(np.float32), labels, phase)
    scan_in_phase = Volume(np.rint(hounsfield).astype(np.int16), volume.grid, "CT", unit="HU")
    found = medmask.segment(scan_in_phase, "ct-bone").labels.where(Label.BONE)
    drawn_bone = np.isin(labels, BONES)
    overlap = np.count_nonzero(found & drawn_bone)
    assert 2 * overlap / (found.sum() + drawn_bone.sum()) >= 0.90
