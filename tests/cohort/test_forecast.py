from dataclasses import replace

import numpy as np
import pytest

from medmask.cohort.forecast import BYTES_PER_VOXEL, CHILD_MB, Forecast, forecast
from medmask.readers import ReadOptions
from medmask.scan import AnnotationFile, AnnotationKind, Extent, Format, Scan
from medmask.writers import volume_nifti
from tests.phantoms import volume_of


def scan_of(tmp_path, voxels):
    path = tmp_path / "a.nii.gz"
    path.write_bytes(volume_nifti(volume_of(voxels)))
    return Scan("a", "a", "a.nii.gz", Format.NIFTI, (path,))


def test_it_grows_with_voxels_and_with_their_type(tmp_path):
    shape, voxels = (8, 256, 256), 8 * 256 * 256 / 2**20
    short = forecast(scan_of(tmp_path, np.zeros(shape, np.int16)), ReadOptions())
    single = forecast(scan_of(tmp_path, np.zeros(shape, np.float32)), ReadOptions())
    assert short.memory_mb == round(CHILD_MB + voxels * (2 + BYTES_PER_VOXEL), 1)
    assert single.memory_mb == round(CHILD_MB + voxels * (4 + BYTES_PER_VOXEL), 1)


def test_a_scan_of_known_extent_is_not_asked_again():
    voxels = 8 * 256 * 256
    scan = Scan("a", "a", "a.nii", Format.NIFTI, (), extent=Extent(voxels, 2 * voxels))
    wanted = round(CHILD_MB + voxels / 2**20 * (2 + BYTES_PER_VOXEL), 1)
    assert forecast(scan, ReadOptions()).memory_mb == wanted


def test_what_headers_refuse_takes_no_more_than_a_child_at_rest(tmp_path):
    path = tmp_path / "a.nii"
    path.write_bytes(b"not a header")
    assert forecast(Scan("a", "a", "a", Format.NIFTI, (path,)), ReadOptions()) == Forecast()


def test_annotations_take_a_byte_a_voxel_each_and_two_while_they_are_drawn(tmp_path):
    scan = scan_of(tmp_path, np.zeros((8, 256, 256), np.int16))
    file = AnnotationFile("b.nii", AnnotationKind.LABEL_MAP, Format.NIFTI, (tmp_path / "b.nii",))
    plain, drawn = (
        forecast(replace(scan, annotations=files), ReadOptions()).memory_mb
        for files in ((), (file, file))
    )
    assert drawn - plain == pytest.approx(4 * 8 * 256 * 256 / 2**20, abs=0.11)
