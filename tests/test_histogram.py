import numpy as np
import pytest

from medmask.errors import NoValidVoxels
from medmask.histogram import Histogram
from medmask.rescale import Rescale
from medmask.scale import Scale
from medmask.volume import Display, PaddingRange
from tests.phantoms import BOX_BODY, BOX_BONE, ct_boxes, volume_of


def test_each_native_value_is_counted_once():
    histogram = Histogram.of(volume_of(ct_boxes()))
    counts = dict(
        zip(
            histogram.native[histogram.counts > 0],
            histogram.counts[histogram.counts > 0],
            strict=True,
        )
    )
    assert counts == {-1000: 12 * 40 * 48 - BOX_BODY, 40: BOX_BODY - BOX_BONE, 700: BOX_BONE}
    assert histogram.is_exact
    assert (histogram.native_min, histogram.native_max) == (-1000, 700)


def test_padding_is_not_counted():
    volume = volume_of(
        np.array([[[-2000, -1000, 5]]], np.int16), padding=(PaddingRange(-3000, -1500),)
    )
    histogram = Histogram.of(volume)
    assert histogram.total == 2
    assert histogram.native_min == -1000


def test_a_rescale_with_falling_slope_keeps_natives_rising():
    histogram = Histogram.of(
        volume_of(np.array([[[0, 1, 1, 3]]], np.uint8), rescale=Rescale(-2.0, 10.0))
    )
    assert histogram.native.tolist() == [4, 6, 8, 10]
    assert histogram.counts.tolist() == [1, 0, 2, 1]


def test_levels_rise_also_on_an_inverted_scale():
    scale = Scale.over("window", Display(0, 255, inverted=True))
    histogram = Histogram.of(volume_of(np.array([[[0, 250, 250]]], np.uint8), "DX")).on(scale)
    assert histogram.levels[0] == 5
    assert histogram.levels[-1] == 255
    assert histogram.level_counts[0] == 2


def test_floats_are_binned_and_keep_their_true_ends():
    values = np.linspace(-1.5, 2.25, 1000, dtype=np.float32).reshape(10, 10, 10)
    histogram = Histogram.of(volume_of(values))
    assert not histogram.is_exact
    assert histogram.total == 1000
    assert (histogram.native_min, histogram.native_max) == (-1.5, 2.25)


def test_a_wide_integer_range_is_binned():
    histogram = Histogram.of(volume_of(np.array([[[0, 2**31 - 1]]], np.int32)))
    assert not histogram.is_exact
    assert histogram.total == 2


def test_one_float_value_has_one_bin():
    histogram = Histogram.of(volume_of(np.full((1, 2, 2), 7.5, np.float32)))
    assert histogram.native.tolist() == [7.5]
    assert histogram.counts.tolist() == [4]


def test_nan_is_not_counted():
    histogram = Histogram.of(volume_of(np.array([[[np.nan, 1.0, 2.0]]], np.float32)))
    assert histogram.total == 2


@pytest.mark.parametrize("percent", [0, 10, 25, 50, 75, 99, 100])
def test_percentiles_are_those_of_the_sorted_voxels(percent):
    voxels = np.random.default_rng(1).integers(-500, 500, (5, 20, 20)).astype(np.int16)
    wanted = np.percentile(voxels, percent, method="inverted_cdf")
    assert Histogram.of(volume_of(voxels)).percentile(percent) == wanted


def test_above_counts_strictly():
    histogram = Histogram.of(volume_of(np.array([[[1, 2, 2, 3]]], np.uint8)))
    assert [histogram.above(level) for level in (0, 1, 2, 3)] == [4, 3, 1, 0]


def test_a_volume_of_padding_alone_is_refused():
    volume = volume_of(np.zeros((1, 2, 2), np.int16), padding=(PaddingRange(0, 0),))
    with pytest.raises(
        NoValidVoxels, match="only padding, NaN or infinity; accepted: at least one"
    ):
        Histogram.of(volume)
