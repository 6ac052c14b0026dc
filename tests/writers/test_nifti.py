import gzip

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medmask.grid import Grid
from medmask.labels import LabelMap
from medmask.rescale import Rescale
from medmask.scale import Scale
from medmask.volume import SpaceCodes
from medmask.writers import labels_nifti, levels_nifti, mask_nifti, volume_nifti
from tests.phantoms import grid_of, volume_of

LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


def loaded(content):
    return nib.Nifti1Image.from_bytes(gzip.decompress(content))


def some_labels(grid):
    voxels = np.random.default_rng(0).integers(0, 3, grid.shape).astype(np.uint8)
    return LabelMap(voxels, grid)


@settings(max_examples=25)
@given(st.permutations([0, 1, 2]), st.tuples(*[st.sampled_from([-1, 1])] * 3))
def test_every_voxel_keeps_its_place_in_the_world(order, signs):
    axes = np.eye(3)[list(order)] * np.array(signs) * [2.5, 0.8, 0.7]
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = axes, [-10, -20, 30]
    labels = some_labels(Grid((2, 3, 4), affine))
    image = loaded(labels_nifti(labels))
    for k, j, i in np.ndindex(2, 3, 4):
        in_ras = nib.affines.apply_affine(image.affine, (i, j, k))
        assert np.allclose(in_ras * (-1, -1, 1), labels.grid.world((k, j, i)), atol=1e-4)
        assert image.dataobj[i, j, k] == labels.voxels[k, j, i]


def test_the_same_labels_give_the_same_bytes():
    labels = some_labels(grid_of((3, 5, 7)))
    assert labels_nifti(labels) == labels_nifti(labels)


def test_a_label_map_is_bytes_in_millimetres_with_both_codes():
    header = loaded(labels_nifti(some_labels(grid_of((3, 5, 7))))).header
    assert header.get_data_dtype() == np.uint8
    assert header.get_xyzt_units()[0] == "mm"
    assert (int(header["qform_code"]), int(header["sform_code"])) == (1, 1)


@pytest.mark.parametrize("codes", [(1, 2), (0, 4), (3, 0)])
def test_a_nifti_source_gets_its_codes_back(codes):
    qform, sform = codes
    image = loaded(labels_nifti(some_labels(grid_of((3, 5, 7))), SpaceCodes(qform, sform)))
    assert (int(image.header["qform_code"]), int(image.header["sform_code"])) == codes
    assert np.allclose(image.affine, LPS @ grid_of((3, 5, 7)).affine[:, [2, 1, 0, 3]], atol=1e-5)


def test_a_sheared_grid_is_kept_whole_in_the_sform_alone():
    affine = grid_of((3, 5, 7)).affine.copy()
    affine[1, 0] = 0.7
    image = loaded(labels_nifti(some_labels(Grid((3, 5, 7), affine))))
    assert int(image.header["qform_code"]) == 0
    assert np.allclose(image.affine, LPS @ affine[:, [2, 1, 0, 3]], atol=1e-5)


def test_a_picture_has_no_place_and_no_millimetres():
    header = loaded(labels_nifti(some_labels(Grid.plain((1, 5, 7))))).header
    assert (int(header["qform_code"]), int(header["sform_code"])) == (0, 0)
    assert header.get_xyzt_units()[0] == "unknown"
    assert header.get_data_shape() == (7, 5, 1)


def test_a_mask_holds_zero_and_one():
    mask = np.array([[[True, False, True]]])
    image = loaded(mask_nifti(mask, grid_of((1, 1, 3))))
    assert np.asarray(image.dataobj).ravel().tolist() == [1, 0, 1]


def test_native_values_are_stored_numbers_with_their_line():
    voxels = np.array([[[0, 1024, 4095]]], np.int16)
    image = loaded(volume_nifti(volume_of(voxels, rescale=Rescale(2.0, -1024.0))))
    assert image.get_data_dtype() == np.int16
    assert np.asarray(image.dataobj).ravel().tolist() == [-1024.0, 1024.0, 7166.0]


def test_levels_are_floats_that_are_not_clipped():
    voxels = np.array([[[-1000, -190, 226, 3000]]], np.int16)
    image = loaded(levels_nifti(volume_of(voxels), Scale.ct()))
    assert image.get_data_dtype() == np.float32
    wanted = [(-1000 + 606) / 13, 32.0, 64.0, 3606 / 13]
    assert np.asarray(image.dataobj).ravel() == pytest.approx(wanted, rel=1e-6)


def test_a_long_grid_is_written_as_nifti_2():
    labels = LabelMap(np.zeros((1, 1, 40000), np.uint8), grid_of((1, 1, 40000)))
    image = nib.Nifti2Image.from_bytes(gzip.decompress(labels_nifti(labels)))
    assert image.shape == (40000, 1, 1)
