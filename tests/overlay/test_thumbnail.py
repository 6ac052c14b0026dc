from itertools import permutations, product

import numpy as np
import pytest

from medmask.grid import Grid
from medmask.labels import LabelMap
from medmask.overlay import DEFAULT_LAYERS, LayerStyle, Subject, choose_display, thumbnail
from medmask.overlay.thumbnail import CELL_PX, FILM_PX
from medmask.volume import Volume
from tests.overlay.phantoms import body, labels_of, stored_otherwise


def subject_of(volume, layers=DEFAULT_LAYERS):
    return Subject(volume, choose_display(volume), labels_of(volume), (), layers)


def film(shape):
    voxels = np.zeros((1, *shape), np.uint8)
    voxels[0, : shape[0] // 2] = 200
    volume = Volume(voxels, Grid.plain(voxels.shape), "XR")
    labels = LabelMap((voxels > 100).astype(np.uint8) * 2, volume.grid)
    return Subject(volume, choose_display(volume), labels, (), (LayerStyle("bone", "#ff0000", 1),))


def test_a_volume_is_three_squares_side_by_side():
    high, wide, channels = thumbnail(subject_of(body())).shape
    assert (high, channels) == (CELL_PX, 3)
    assert 3 * CELL_PX <= wide < 3.1 * CELL_PX


def test_bone_is_seen_in_all_three_planes():
    layers = (LayerStyle("bone", "#ff0000", 1.0),)
    picture = thumbnail(subject_of(body(), layers))
    red = (picture == (255, 0, 0)).all(axis=2).sum(axis=0)
    assert all(cell.sum() > 20 for cell in np.array_split(red, 3))


@pytest.mark.parametrize(
    ("order", "flips"), [(p, f) for p in permutations(range(3)) for f in product((0, 1), repeat=3)]
)
def test_the_same_body_gives_the_same_thumbnail_however_it_is_stored(order, flips):
    volume = stored_otherwise(body(), order, tuple(map(bool, flips)))
    expected = thumbnail(subject_of(body()))
    np.testing.assert_array_equal(thumbnail(subject_of(volume)), expected)


@pytest.mark.parametrize("shape", [(900, 300), (300, 900), (2000, 3000), (8, 8)])
def test_a_film_keeps_its_proportions_within_its_box(shape):
    high, wide, _ = thumbnail(film(shape)).shape
    assert high <= FILM_PX[0]
    assert wide <= FILM_PX[1]
    assert high == FILM_PX[0] or wide == FILM_PX[1]
    assert wide / high == pytest.approx(shape[1] / shape[0], rel=0.02)


def test_a_lone_slice_with_a_place_in_the_patient_is_shown_as_a_film():
    grid = Grid((1, 120, 90), np.diag([5.0, 1, 1, 1]))
    volume = Volume(np.zeros(grid.shape, np.int16), grid, "CT")
    labels = LabelMap(np.zeros(grid.shape, np.uint8), grid)
    shown = thumbnail(Subject(volume, choose_display(volume), labels, (), DEFAULT_LAYERS))
    assert shown.shape[:2] == (FILM_PX[0], round(FILM_PX[0] * 90 / 120))


def test_a_films_layers_lie_where_its_mask_lies():
    picture = thumbnail(film((200, 200)))
    assert (picture[:118] == (255, 0, 0)).all()
    assert (picture[122:] == 0).all()
