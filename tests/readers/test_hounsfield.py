from dataclasses import replace

import numpy as np
import pytest

from medmask.grid import Grid
from medmask.readers.hounsfield import as_hounsfield
from medmask.rescale import Rescale
from medmask.volume import PaddingRange, Volume


def ct(values, kind, rescale=Rescale(), modality="CT"):  # noqa: B008
    voxels = np.array(values, kind).reshape(1, 1, -1)
    return Volume(voxels, Grid.plain(voxels.shape), modality, rescale)


@pytest.mark.parametrize(
    ("values", "kind", "rescale", "expected"),
    [
        ([-1025, -1024, 50], np.int16, Rescale(), PaddingRange(-32768, -1025)),
        ([0, 10, 1100], np.uint16, Rescale(1, -1030), PaddingRange(0, 5)),
        ([2000, 0, 130], np.int16, Rescale(-1, 100), PaddingRange(1125, 32767)),
        ([0, 5, 60], np.uint8, Rescale(20, -1100), PaddingRange(0, 3)),
    ],
)
def test_fill_is_what_lies_strictly_below_minus_1024(values, kind, rescale, expected):
    volume = as_hounsfield(ct(values, kind, rescale), "a")
    assert volume.padding == (expected,)
    native = rescale.native(volume.voxels)
    np.testing.assert_array_equal(volume.valid(volume.voxels), native >= -1024)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_fill_of_floats_ends_just_below_minus_1024(kind):
    volume = as_hounsfield(ct([-3024, -1024, -1024.001, 5], kind), "a")
    assert volume.valid(volume.voxels).ravel().tolist() == [False, True, False, True]


def test_without_fill_there_is_no_padding():
    assert as_hounsfield(ct([-1024, 5], np.int16), "a").padding == ()


def test_nothing_but_fill_is_left_to_others():
    assert not as_hounsfield(ct([-2000, -3000], np.int16), "a").valid(np.array([-2000])).any()


def test_other_modalities_are_left_alone():
    volume = ct([0, 70000], np.int32, modality="MR")
    assert as_hounsfield(volume, "a") is volume


@pytest.mark.parametrize("values", [[0, 3926], [40, 700], [-5, 60001], [0, 0]])
@pytest.mark.parametrize("kind", [np.int32, np.float32])
def test_what_cannot_be_hounsfield_units_has_no_unit_and_a_warning(values, kind):
    volume = as_hounsfield(ct(values, kind), "a.nii")
    assert volume.unit == ""
    assert [warning.code for warning in volume.warnings] == ["not_hounsfield"]
    assert volume.warnings[0].message.startswith("a.nii has values ")


def test_values_below_zero_that_are_padding_do_not_count():
    padded = replace(ct([-900, 0, 50], np.int16), padding=(PaddingRange(-900, -900),))
    assert as_hounsfield(padded, "a").unit == ""


def test_air_in_any_slice_is_enough():
    voxels = np.array([50, 60, -1000, 70], np.int16).reshape(4, 1, 1)
    assert as_hounsfield(Volume(voxels, Grid.plain(voxels.shape), "CT"), "a").unit == "HU"
