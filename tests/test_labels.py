import numpy as np
import pytest

from medmask.grid import Grid
from medmask.labels import Label, LabelMap
from tests.phantoms import grid_of


def test_soft_tissue_is_body_and_not_bone():
    body = np.array([[[True, True, False, False]]])
    bone = np.array([[[False, True, False, True]]])
    labels = LabelMap.of(body, bone, grid_of((1, 1, 4)))
    assert labels.voxels.tolist() == [[[1, 2, 0, 2]]]


def test_volumes_are_voxels_times_the_voxel():
    body = np.ones((2, 3, 4), np.bool_)
    labels = LabelMap.of(body, np.zeros_like(body), grid_of((2, 3, 4), spacing=(5.0, 2.0, 2.0)))
    assert labels.count(Label.SOFT_TISSUE) == 24
    assert labels.volume_ml(Label.SOFT_TISSUE) == pytest.approx(24 * 0.02)
    assert labels.volume_ml(Label.BONE) == 0


def test_without_spacing_there_are_no_millilitres():
    body = np.ones((1, 3, 4), np.bool_)
    assert LabelMap.of(body, ~body, Grid.plain((1, 3, 4))).volume_ml(Label.SOFT_TISSUE) is None


def test_labels_must_be_bytes_on_their_grid():
    with pytest.raises(ValueError, match="labels must be uint8"):
        LabelMap(np.zeros((1, 2, 2), np.int16), grid_of((1, 2, 2)))
