import numpy as np
import pytest

from medmask.errors import NotHounsfield
from medmask.grid import Grid
from medmask.morphology import PackedMask, Site, Trim
from medmask.volume import Volume


def trimmed(profile, step=None, rim=1):
    """Trim a slab whose HU change along the columns; the mask leaves out so many at both ends."""
    voxels = np.broadcast_to(np.int16(profile), (5, 6, len(profile)))
    grid = Grid(voxels.shape, np.eye(4)[[2, 1, 0, 3]])
    mask = np.zeros(voxels.shape, bool)
    mask[..., rim : len(profile) - rim] = True
    volume = Volume(voxels, grid, "CT", unit="HU")
    found = (step or Trim()).apply(PackedMask.of(mask), Site(grid, None, volume))
    return found.unpacked()[2, 3].tolist()


def test_a_rim_voxel_that_is_less_than_a_third_of_its_neighbour_goes():
    # 30 % of the way from 50 to 900 HU is 305 HU.
    assert trimmed([50, 304, 900, 900, 306, 50]) == [False, False, True, True, True, False]


def test_beside_thin_bone_every_voxel_counts():
    assert trimmed([50, 140, 480, 140, 50]) == [False, True, True, True, False]


def test_metal_is_not_taken_for_the_height_of_an_edge():
    # 30 % of the way to 1500 HU, not to 3000, is 485 HU.
    assert trimmed([50, 500, 3000, 3000, 480, 50]) == [False, True, True, True, False, False]


def test_marrow_within_cortex_is_no_rim():
    profile = [50, 900, 900, -60, 0, -60, 900, 900, 50]
    assert trimmed(profile) == [False, *[True] * 7, False]


def test_air_is_no_marrow():
    profile = [50, 900, 900, -900, 900, 900, 50]
    assert trimmed(profile) == [False, True, True, False, True, True, False]


def test_trimming_is_for_ct_alone():
    grid = Grid((1, 3, 3), np.eye(4))
    volume = Volume(np.zeros((1, 3, 3), np.int16), grid, "MR")
    with pytest.raises(NotHounsfield, match="trim: a MR; accepted: a CT"):
        Trim().apply(PackedMask.of(np.ones((1, 3, 3), bool)), Site(grid, None, volume))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"fraction": 1.0}, "trim: fraction must lie between 0 and 1, got 1"),
        ({"dense_native": 50.0}, "trim: dense_native must be above 50, got 50"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        Trim(**given)
