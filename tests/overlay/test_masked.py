import numpy as np
import pytest

from medmask.errors import BadValues
from medmask.overlay import masked_image


def test_the_image_stays_inside_the_mask_and_the_fill_is_outside():
    voxels = np.array([[[1, 2, 3]]], np.int16)
    masked = masked_image(voxels, np.array([[[True, False, True]]]), -1024)
    assert masked.tolist() == [[[1, -1024, 3]]]
    assert masked.dtype == np.int16


def test_floats_may_be_filled_with_nan():
    masked = masked_image(np.ones((1, 1, 2), np.float32), np.array([[[True, False]]]), float("nan"))
    assert masked.dtype == np.float32
    assert np.isnan(masked[0, 0, 1])


@pytest.mark.parametrize(
    ("kind", "fill"),
    [(np.uint8, -1), (np.uint8, 256), (np.int16, 0.5), (np.int16, float("nan")),
     (np.uint16, float("inf")), (np.float32, 1e39)],
)  # fmt: skip
def test_a_fill_that_the_type_cannot_hold_is_refused(kind, fill):
    with pytest.raises(BadValues, match=f"fill .* in voxels of type {np.dtype(kind)}; accepted: "):
        masked_image(np.zeros((1, 1, 1), kind), np.zeros((1, 1, 1), bool), fill)


@pytest.mark.parametrize("mask", [np.zeros((1, 1, 2), bool), np.zeros((1, 1, 1), np.uint8)])
def test_a_mask_that_does_not_fit_is_refused(mask):
    with pytest.raises(ValueError, match="accepted: a bool mask of the voxels' shape"):
        masked_image(np.zeros((1, 1, 1), np.uint8), mask)
