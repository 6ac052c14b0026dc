import nibabel
import numpy as np
import pytest

from medmask.pipeline.mask_files import write_masks
from medmask.pipeline.segment import segment
from medmask.recipe import loads
from medmask.rescale import Rescale
from tests.phantoms import ct_boxes, volume_of

ALL = loads("outputs: {masks: true, masked_image: true}", "all")


def written(folder, volume, recipe=ALL):
    write_masks(folder, segment(volume, recipe))
    return {path.name: nibabel.load(path).get_fdata().T for path in folder.glob("*.nii.gz")}


def test_masks_are_the_labels_and_the_scan_is_kept_inside_bone(tmp_path):
    files = written(tmp_path, volume_of(ct_boxes()))
    np.testing.assert_array_equal(files["bone.nii.gz"], files["labels.nii.gz"] == 2)
    np.testing.assert_array_equal(files["soft_tissue.nii.gz"], files["labels.nii.gz"] == 1)
    bone = files["bone.nii.gz"] == 1
    assert (files["masked_bone.nii.gz"][bone] == 700).all()
    assert (files["masked_bone.nii.gz"][~bone] == -1000).all()


def test_without_a_wish_there_is_the_label_map_alone(tmp_path):
    assert set(written(tmp_path, volume_of(ct_boxes()), loads("", "plain"))) == {"labels.nii.gz"}


@pytest.mark.parametrize("with_nan", [False, True])
def test_outside_of_bone_lies_the_darkest_number_whatever_the_slope(tmp_path, with_nan):
    voxels = -ct_boxes().astype(np.float32)
    if with_nan:
        voxels[0, 0, 0] = np.nan
    files = written(tmp_path, volume_of(voxels, rescale=Rescale(-1.0, 0.0)))
    outside = files["masked_bone.nii.gz"][files["bone.nii.gz"] == 0]
    assert (outside == -1000).all()
