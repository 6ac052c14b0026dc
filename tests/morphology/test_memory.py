"""How much memory the steps take beside the mask's volume, in bytes a voxel."""

import tracemalloc

import numpy as np
import pytest

from medmask.morphology import (
    Close,
    Dilate,
    FillHoles,
    KeepLargest,
    Open,
    PackedMask,
    RemoveSmall,
    Site,
    Smooth,
)
from tests.morphology.grids import grid_of

SHAPE = (100, 320, 384)


@pytest.fixture(scope="module")
def bones():
    """Return tubes with noise, one voxel in 2000."""
    _, j, i = np.ogrid[: SHAPE[0], : SHAPE[1], : SHAPE[2]]
    tubes = (np.hypot(j % 40 - 20, i % 60 - 30) < 15) & (np.hypot(j % 40 - 20, i % 60 - 30) > 10)
    noise = np.random.default_rng(0).random(SHAPE) < 0.0005
    return PackedMask.of(tubes ^ noise)


def peak_bytes_a_voxel(step, mask):
    tiny = np.ones((1, 2, 3), np.bool_)
    step.apply(PackedMask.of(tiny), Site(grid_of(tiny.shape)))  # loads what it needs
    tracemalloc.start()
    step.apply(mask, Site(grid_of(mask.shape, (1.0, 0.7, 0.7))))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / np.prod(mask.shape)


@pytest.mark.parametrize("step", [Dilate(2.0), Close(2.0), Close(4.0), Open(2.0)])
def test_steps_without_labelling_take_less_than_a_byte_a_voxel(step, bones):
    assert peak_bytes_a_voxel(step, bones) < 1


@pytest.mark.parametrize(
    "step", [FillHoles(), FillHoles("slices"), RemoveSmall(volume_mm3=1000), KeepLargest()]
)
def test_steps_with_labelling_take_less_than_five_bytes_a_voxel(step, bones):
    assert peak_bytes_a_voxel(step, bones) < 5


@pytest.mark.parametrize("radius_mm", [2.0, 8.0])
def test_smoothing_takes_less_than_three_bytes_a_voxel(radius_mm, bones):
    assert peak_bytes_a_voxel(Smooth(radius_mm), bones) < 3


@pytest.mark.parametrize("step", [Smooth(iterations=30), Close(iterations=30)])
def test_a_picture_and_a_disc_of_many_pixels_take_less_than_three_bytes_a_pixel(step):
    film = np.random.default_rng(0).random((1, 3000, 4000), np.float32) < 0.5
    assert peak_bytes_a_voxel(step, PackedMask.of(film)) < 3


@pytest.mark.parametrize("step", [RemoveSmall(voxels=3), FillHoles("slices")])
@pytest.mark.parametrize("share", [0.01, 0.04, 0.1, 0.5, 0.7])
def test_noise_however_dense_is_labelled_in_less_than_five_bytes_a_voxel(step, share):
    noise = PackedMask.of(np.random.default_rng(0).random(SHAPE, np.float32) < share)
    assert peak_bytes_a_voxel(step, noise) < 5
