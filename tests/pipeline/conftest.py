import numpy as np
import pytest

from medmask.scan import Format, Scan
from medmask.writers import png, volume_nifti
from tests.phantoms import ct_boxes, volume_of


@pytest.fixture
def ct(tmp_path):
    path = tmp_path / "in" / "a_ct.nii.gz"
    path.parent.mkdir()
    path.write_bytes(volume_nifti(volume_of(ct_boxes())))
    return Scan("a-1", "a-1", "a_ct.nii.gz", Format.NIFTI, (path,))


@pytest.fixture
def film(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 255, (16, 20)).astype(np.uint8)
    path = tmp_path / "film.png"
    path.write_bytes(png(pixels))
    return Scan("f-1", "f-1", "film.png", Format.PNG, (path,))
