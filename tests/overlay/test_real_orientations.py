"""One T1 volume of public data, stored in eight orders and directions of its axes."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from medmask.grid import Grid
from medmask.overlay import OverlayStyle, montage
from medmask.volume import Volume
from tests.overlay.phantoms import labels_of

CASE = Path(__file__).parents[2] / "../shared/data/nifti-orientations"


def volume_of_file(path):
    image = nib.load(path)
    lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ image.affine  # NIfTI's world is RAS
    voxels = np.ascontiguousarray(np.asarray(image.dataobj).T)
    return Volume(voxels, Grid(voxels.shape, lps[:, [2, 1, 0, 3]]), "MR")


@pytest.mark.skipif(not CASE.is_dir(), reason="../shared/data is absent")
def test_eight_orientations_of_one_brain_give_one_picture():
    volumes = [volume_of_file(path) for path in sorted(CASE.rglob("*.nii.gz"))]
    pictures = [montage(v, labels_of(v, 40, 1000), OverlayStyle()) for v in volumes]
    assert len(pictures) == 8
    assert len({volume.voxels.shape for volume in volumes}) > 1
    for picture in pictures[1:]:
        np.testing.assert_array_equal(picture, pictures[0])
