import numpy as np
import pytest

from medmask.labels import LabelMap
from medmask.overlay.layer import DEFAULT_LAYERS, LayerStyle
from medmask.overlay.planes import planes_of
from medmask.overlay.tile import Subject, draw_tile, layers_of, resize_nearest
from medmask.overlay.window import choose_display
from tests.overlay.phantoms import body, labels_of, volume_of


def subject_of(volume):
    return Subject(volume, choose_display(volume), labels_of(volume), (), DEFAULT_LAYERS)


def test_the_nearest_pixel_is_that_under_the_drawn_pixels_centre():
    row = np.array([[1, 2, 3]])
    assert resize_nearest(row, (6, 1)).tolist() == [[1, 1, 2, 2, 3, 3]]
    assert resize_nearest(np.arange(9)[None], (3, 1)).tolist() == [[1, 4, 7]]


@pytest.mark.parametrize(
    ("which", "at", "caption"),
    [(0, 3, "axial  S 115.0 mm"), (1, 0, "coronal  A 40.0 mm"), (2, 10, "sagittal  R 15.0 mm")],
)
def test_a_caption_says_where_the_slice_lies_in_the_patient(which, at, caption):
    volume = body()  # origin at L -30, P -40, S 100
    assert draw_tile(subject_of(volume), planes_of(volume.grid)[which], at, 1.0).caption == caption


def test_without_orientation_a_caption_numbers_slices_and_there_is_no_scale_bar():
    volume = volume_of(np.zeros((4, 5, 6), np.uint8))
    tile = draw_tile(subject_of(volume), planes_of(volume.grid)[0], 1, 2.0)
    assert tile.caption == "slice 2 of 4"
    assert tile.px_per_mm is None
    assert tile.rgb.shape == (10, 12, 3)


def test_voxels_drawn_large_stay_blocks():
    volume = volume_of(np.arange(8, dtype=np.uint8).reshape(2, 2, 2) * 30)
    tile = draw_tile(subject_of(volume), planes_of(volume.grid)[0], 0, 8.0)
    assert len(np.unique(tile.rgb.reshape(-1, 3), axis=0)) <= 2 * 4  # each with and without a line


@pytest.mark.parametrize(
    ("show", "style", "wanted"),
    [
        ("bone", "fill", [0, 0, 1, 0]),
        ("soft_tissue", "fill", [0, 1, 0, 1]),
        ("soft_tissue", "contour", [0, 1, 1, 1]),
    ],
)
def test_soft_tissue_is_outlined_without_the_holes_that_bone_makes(show, style, wanted):
    volume = volume_of(np.zeros((1, 2, 4), np.int16))
    labels = LabelMap(np.array([[[0, 1, 2, 1]] * 2], np.uint8), volume.grid)
    layers = (LayerStyle(show, "#ffffff", 1.0, style),)
    subject = Subject(volume, choose_display(volume, None), labels, (), layers)
    (layer,) = layers_of(subject, planes_of(volume.grid)[0], 0, (4, 2))
    assert layer.mask[0].tolist() in (wanted, wanted[::-1])
