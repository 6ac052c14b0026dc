import numpy as np
import pytest

from medmask.calibrate import Auto, Identity, Linear, Percentile, Window
from medmask.errors import BadValues, NotHounsfield
from medmask.histogram import Histogram
from medmask.scale import Scale
from medmask.volume import Display
from tests.phantoms import ct_boxes, volume_of


def scale_of(kind, volume):
    return kind.scale(volume, Histogram.of(volume))


def test_ct_has_13_hu_a_level():
    assert scale_of(Auto(), volume_of(ct_boxes())) == Scale.ct()


@pytest.mark.parametrize(
    ("voxels", "unit", "sentence"),
    [
        (ct_boxes() + 1000, "HU", "values from 0 to 1700 and none below 0 HU"),
        (ct_boxes().astype(np.int32) * 100, "HU", "values up to 70000"),
        (ct_boxes(), "", "values from -1000 to 700 that no rescale to HU belongs to"),
    ],
)
def test_a_ct_without_hounsfield_units_needs_a_recipe_that_says_what_its_values_mean(
    voxels, unit, sentence
):
    volume = volume_of(voxels, unit=unit)
    with pytest.raises(NotHounsfield, match=sentence):
        scale_of(Auto(), volume)
    assert scale_of(Linear(810, 1226), volume).level_of(810) == 32


def test_a_radiograph_has_its_display():
    volume = volume_of(
        np.arange(8, dtype=np.uint16).reshape(1, 2, 4), "DX", display=Display(0, 4095)
    )
    assert scale_of(Auto(), volume).level_of(4095) == pytest.approx(255)
    assert scale_of(Window(), volume) == scale_of(Auto(), volume)


def test_mr_has_its_percentiles():
    volume = volume_of(np.arange(1000, dtype=np.uint16).reshape(10, 10, 10), "MR")
    scale = scale_of(Percentile(low=10, high=90), volume)
    assert (scale.native_of(0), scale.native_of(255)) == (99, 899)
    assert scale_of(Auto(), volume).kind == "percentile"


def test_percentiles_that_coincide_give_way_to_the_range():
    voxels = np.zeros((1, 10, 100), np.uint16)
    voxels[0, 0, 0] = 255
    assert scale_of(Percentile(), volume_of(voxels, "MR")).level_of(255) == 255


def test_one_value_alone_has_no_scale():
    with pytest.raises(BadValues, match="all valid voxels have the value 7"):
        scale_of(Auto(), volume_of(np.full((1, 2, 2), 7, np.uint16), "MR"))


def test_a_window_must_be_declared():
    with pytest.raises(BadValues, match="declares no display window"):
        scale_of(Window(), volume_of(ct_boxes()))


def test_stated_lines_are_taken_as_they_are():
    volume = volume_of(ct_boxes())
    assert scale_of(Linear(-190, 226), volume).level_of(226) == 64
    assert scale_of(Identity(), volume).level_of(226) == 226


def test_a_line_needs_two_points():
    with pytest.raises(ValueError, match="must differ"):
        Linear(5, 5)


@pytest.mark.parametrize(("low", "high"), [(-1, 50), (50, 50), (2, 101)])
def test_percentiles_must_be_in_order(low, high):
    with pytest.raises(ValueError, match="0 <= low < high <= 100"):
        Percentile(low, high)
