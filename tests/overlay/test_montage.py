from itertools import permutations, product

import numpy as np
import pytest

from medmask.grid import Grid
from medmask.labels import LabelMap
from medmask.overlay import LayerStyle, OverlayStyle, WindowLevel, montage
from medmask.volume import Display, Volume
from tests.overlay.phantoms import annotation_of, body, labels_of, stored_otherwise, volume_of


def test_a_volumes_montage_is_1200_to_1600_pixels_wide():
    volume = body()
    picture = montage(volume, labels_of(volume), OverlayStyle())
    assert picture.dtype == np.uint8
    assert picture.shape[2] == 3
    assert 1200 <= picture.shape[1] <= 1600


@pytest.mark.parametrize(
    ("order", "flips"), list(product(permutations(range(3)), product((False, True), repeat=3)))[1:]
)
def test_the_same_body_gives_the_same_picture_however_it_is_stored(order, flips):
    expected = montage(body(), labels_of(body()), OverlayStyle())
    volume = stored_otherwise(body(), order, flips)
    np.testing.assert_array_equal(montage(volume, labels_of(volume), OverlayStyle()), expected)


def test_bone_at_the_patients_right_front_is_at_the_upper_left_of_axial_pictures():
    volume = body()
    style = OverlayStyle(layers=(LayerStyle("bone", "#ff0000", 1.0),))
    picture = montage(volume, labels_of(volume), style)
    cell = picture[: picture.shape[0] // 2, 22:400]
    rows, columns = np.nonzero((cell == (255, 0, 0)).all(axis=2))
    lit_rows, lit_columns = np.nonzero(cell.min(axis=2) > 120)
    assert rows.mean() < lit_rows.mean()
    assert columns.mean() < lit_columns.mean()


def test_pictures_are_true_to_millimetres():
    volume = body()  # bone rod of the axial plane: 4 x 2 mm down, 6 x 1.5 mm right
    style = OverlayStyle(layers=(LayerStyle("bone", "#ff0000", 1.0),))
    picture = montage(volume, labels_of(volume), style)
    red = (picture[:430, 16:400] == (255, 0, 0)).all(axis=2)
    rows, columns = np.nonzero(red)
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    assert width / height == pytest.approx(9.0 / 8.0, abs=0.06)


def test_a_film_keeps_its_own_size_and_every_pixel_without_a_layer():
    voxels = np.random.default_rng(0).integers(0, 256, (1, 30, 41)).astype(np.uint8)
    film = volume_of(voxels, "XR", display=Display(0, 255))
    picture = montage(film, labels_of(film, 256, 256), OverlayStyle())
    np.testing.assert_array_equal(picture, np.repeat(voxels[0][..., None], 3, axis=2))


def test_a_single_ct_slice_with_oblong_pixels_keeps_its_own_size():
    affine = np.diag([5.0, 2.0, 1.0, 1.0])[[2, 1, 0, 3]]
    ct = Volume(np.zeros((1, 20, 30), np.int16), Grid((1, 20, 30), affine), "CT")
    assert montage(ct, labels_of(ct), OverlayStyle()).shape == (20, 30, 3)


@pytest.mark.parametrize(
    "shape",
    [(20, 24, 8), (3, 64, 64), (50, 1, 1), (2, 1, 300), (2, 300, 1), (1, 1, 9), (40, 3, 2)],
)
def test_odd_shapes_are_drawn(shape):
    voxels = np.random.default_rng(0).integers(-200, 400, shape).astype(np.int16)
    affine = np.diag([1.0, 1.0, 3.0, 1.0])[[2, 1, 0, 3]]
    for grid in (Grid.plain(shape), Grid(shape, affine)):
        volume = Volume(voxels, grid, "CT")
        picture = montage(volume, labels_of(volume), OverlayStyle())
        assert picture.shape[2] == 3
        assert picture.max() > 0


def test_a_scan_without_any_mask_shows_its_middle():
    volume = body()
    picture = montage(volume, labels_of(volume, 5000, 5000), OverlayStyle())
    assert picture.shape == montage(volume, labels_of(volume), OverlayStyle()).shape


def test_a_volume_of_three_slices_has_three_axial_pictures():
    volume = body()
    grid = Grid((3, *volume.grid.shape[1:]), volume.grid.affine)
    thin = Volume(volume.voxels[4:7], grid, "CT")
    style = OverlayStyle(WindowLevel(0, 1), ())
    picture = montage(thin, labels_of(thin), style)
    fourth = picture[:400, 16 + 3 * 384 :]
    assert not (fourth == 255).all(axis=2).any()


def test_annotations_are_drawn_where_the_style_has_a_layer_for_them():
    film = volume_of(np.zeros((1, 4, 4), np.uint8), "XR", display=Display(0, 255))
    drawn = np.zeros((1, 4, 4), np.uint8)
    drawn[0, 1, 2] = 7
    style = OverlayStyle(layers=(LayerStyle("annotations", "#00ff00", 1.0),))
    picture = montage(film, labels_of(film, 255, 255), style, [annotation_of(drawn, 7)])
    assert np.argwhere(picture[..., 1] == 255).tolist() == [[1, 2]]


def test_labels_of_another_grid_are_refused():
    labels = LabelMap(np.zeros((12, 40, 48), np.uint8), Grid.plain((12, 40, 48)))
    with pytest.raises(ValueError, match=r"another grid than the scan.*own grid"):
        montage(body(), labels, OverlayStyle())


def test_annotations_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"drawn has the shape \(1, 2, 3\); accepted"):
        montage(
            body(),
            labels_of(body()),
            OverlayStyle(),
            [annotation_of(np.zeros((1, 2, 3), np.uint8))],
        )


def test_the_legend_says_of_what_nothing_is_there():
    volume = body()
    pictures = [
        montage(volume, labels, OverlayStyle(layers=(LayerStyle("bone", opacity=0.0),)))
        for labels in (labels_of(volume), labels_of(volume, bone=5000))
    ]
    with_bone, without = ((picture[-50:, :300] > 100).sum() for picture in pictures)
    assert without > with_bone > 0


def test_a_feather_in_mm_is_as_wide_on_a_film_as_its_pixels_say():
    affine = np.diag([1.0, 0.5, 0.5, 1.0])[[2, 1, 0, 3]]
    film = Volume(
        np.zeros((1, 3, 80), np.int16), Grid((1, 3, 80), affine), "DX", display=Display(0, 1)
    )
    bone = np.zeros((1, 3, 80), bool)
    bone[..., 40:] = True
    style = OverlayStyle(layers=(LayerStyle("bone", "#ffffff", 1.0, feather_mm=2.0),))
    row = montage(film, LabelMap.of(bone, bone, film.grid), style)[1, :, 0] / 255
    assert row[43] == pytest.approx(0.809, abs=0.005)  # 3.5 px of sigma 4 px: normal CDF


def test_an_opacity_is_blended_by_its_author_s_share():
    film = volume_of(np.zeros((1, 4, 4), np.uint8), "XR", display=Display(0, 255))
    drawn = np.zeros((1, 4, 4), np.uint8)
    drawn[0, 1, 2] = 51  # a fifth
    style = OverlayStyle(layers=(LayerStyle("annotations", "#00ff00", 1.0, "fill"),))
    picture = montage(film, labels_of(film, 255, 255), style, [annotation_of(drawn, None)])
    assert picture[1, 2].tolist() == [0, 51, 0]


def test_the_legend_names_annotations_and_counts_those_it_has_no_room_for():
    volume = body()
    drawn = np.zeros(volume.grid.shape, np.uint8)
    drawn[4:8, 10:20, 10:20] = 1
    marks = [annotation_of(drawn, name=f"a rather long name of a structure {n}") for n in range(40)]
    picture = montage(volume, labels_of(volume), OverlayStyle(), marks)
    few = montage(volume, labels_of(volume), OverlayStyle(), marks[:1])
    assert not np.array_equal(picture[-50:], few[-50:])  # the foot of the sheet
