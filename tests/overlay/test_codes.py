import numpy as np
import pytest

from medmask.overlay import CodeCurve, Coder
from medmask.rescale import Rescale
from medmask.volume import Display, PaddingRange
from tests.overlay.phantoms import volume_of


def codes(volume, curve):
    return Coder.of(curve, volume).codes(volume.voxels[0])


LINE = CodeCurve(((0.0, 8.0), (247.0, 255.0)))


def test_a_straight_curve_counts_from_eight():
    volume = volume_of([[[0, 1, 100, 247]]])
    assert codes(volume, LINE).tolist() == [[8, 9, 108, 255]]


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.uint16, np.int32, np.float32])
def test_every_type_gives_the_same_codes(kind):
    volume = volume_of(np.arange(0, 120, 7, dtype=kind).reshape(1, 2, 9)[:, :, :8])
    expected = np.arange(8, 128, 7).reshape(2, 9)[:, :8]
    assert (codes(volume, LINE) == expected).all()


def test_negative_stored_values_are_found_by_their_bits():
    volume = volume_of(np.array([[[-1024, -200, 300, 1500]]], np.int16), "CT")
    curve = CodeCurve.of(volume, Display(-160, 240), (-1100.0, 3000.0))
    assert codes(volume, curve).tolist() == [[9, 46, 188, 246]]


def test_padding_and_numbers_that_are_none_are_zero():
    padded = volume_of(np.array([[[-2000, 5]]], np.int16), padding=(PaddingRange(-2000, -2000),))
    assert codes(padded, LINE).tolist() == [[0, 13]]
    broken = volume_of(np.array([[[np.nan, np.inf, 5]]], np.float32))
    assert codes(broken, LINE).tolist() == [[0, 0, 13]]


def test_native_values_count_not_stored_ones():
    volume = volume_of(np.array([[[0, 10]]], np.int16), rescale=Rescale(-2.0, 100.0))
    assert codes(volume, LINE).tolist() == [[108, 88]]


def test_ct_has_fine_steps_where_soft_tissue_lives_whatever_metal_there_is():
    volume = volume_of([[[0]]], "CT")
    for most in (400.0, 3000.0, 30000.0):
        natives, marks = np.array(CodeCurve.of(volume, Display(0, 1), (-1024.0, most)).knots).T
        step = np.interp(100, natives, marks) - np.interp(0, natives, marks)
        assert step > 25


def test_other_scans_have_most_codes_in_the_displayed_interval():
    volume = volume_of([[[0]]], "MR")
    curve = CodeCurve.of(volume, Display(100.0, 900.0), (0.0, 60000.0))
    assert curve.knots == ((0.0, 8.0), (100.0, 32.0), (900.0, 231.0), (60000.0, 255.0))


@pytest.mark.parametrize(("low", "high"), [(5.0, 5.0), (200.0, 300.0), (-3e38, 3e38)])
def test_any_range_has_a_curve(low, high):
    curve = CodeCurve.of(volume_of([[[0]]], "CT"), Display(0, 1), (low, high))
    assert curve.knots[0][1] == 8
    assert curve.knots[-1][1] == 255


def test_a_curve_that_falls_or_leaves_out_codes_is_refused():
    with pytest.raises(ValueError, match="must rise"):
        CodeCurve(((0.0, 8.0), (0.0, 255.0)))
    with pytest.raises(ValueError, match="from 8 to 255, got 0 to 255"):
        CodeCurve(((0.0, 0.0), (1.0, 255.0)))
