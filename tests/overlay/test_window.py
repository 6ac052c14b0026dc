import numpy as np
import pytest

from medmask.overlay import WindowLevel
from medmask.overlay.window import choose_display, to_grey
from medmask.rescale import Rescale
from medmask.volume import Display, PaddingRange
from tests.overlay.phantoms import volume_of


def test_ct_is_shown_at_level_40_width_400():
    assert choose_display(volume_of(np.zeros((1, 2, 2), np.int16), "CT")) == Display(-160, 240)


def test_the_files_own_display_comes_before_the_modalitys():
    own = Display(0, 80)
    assert choose_display(volume_of(np.zeros((1, 2, 2), np.int16), "CT", display=own)) is own


def test_the_recipes_window_comes_first_and_keeps_the_polarity():
    volume = volume_of(np.zeros((1, 2, 2)), "DX", display=Display(0, 80, inverted=True))
    assert choose_display(volume, WindowLevel(50, 20)) == Display(40, 60, inverted=True)


def test_other_units_are_shown_between_percentiles_of_what_is_image():
    voxels = np.arange(1001, dtype=np.int16).reshape(1, 7, 143)
    voxels[0, 0, 0] = -3000
    volume = volume_of(voxels, "MR", padding=(PaddingRange(-3000, -3000),))
    display = choose_display(volume)  # 1..1000: percentiles by hand
    assert display.low == pytest.approx(10.99)
    assert display.high == pytest.approx(995.005)


def test_a_picture_that_is_nearly_all_one_value_shows_the_rest_too():
    voxels = np.zeros((1, 100, 100), np.float32)
    voxels[0, 0, 0] = 7.0
    assert choose_display(volume_of(voxels)) == Display(0, 7)


@pytest.mark.parametrize("value", [0.0, 5.0, -1e12])
def test_a_constant_picture_is_mid_grey(value):
    volume = volume_of(np.full((1, 3, 3), value))
    assert set(to_grey(volume, volume.voxels, choose_display(volume)).ravel()) == {128}


def test_a_volume_without_any_image_is_black():
    volume = volume_of(np.full((1, 3, 3), np.nan, np.float32))
    assert not to_grey(volume, volume.voxels, choose_display(volume)).any()


def test_native_values_not_stored_ones_are_shown():
    voxels = np.array([[[864, 1064, 1264, 0, 4000]]], np.int16)  # -160, 40, 240, ... HU
    volume = volume_of(voxels, "CT", rescale=Rescale(1.0, -1024.0))
    grey = to_grey(volume, voxels, choose_display(volume))
    assert grey.tolist() == [[[0, 128, 255, 0, 255]]]


def test_an_inverted_picture_shows_low_values_white():
    volume = volume_of(np.array([[[0, 100]]], np.uint16), "DX", display=Display(0, 100, True))
    assert to_grey(volume, volume.voxels, volume.display).tolist() == [[[255, 0]]]


def test_padding_and_nan_are_black_even_where_low_is_white():
    voxels = np.array([[[np.nan, np.inf, -5.0, 0.0]]], np.float32)
    volume = volume_of(
        voxels, "DX", display=Display(0, 9, inverted=True), padding=(PaddingRange(-5, -5),)
    )
    assert to_grey(volume, voxels, volume.display).tolist() == [[[0, 0, 0, 255]]]
