import numpy as np
import pytest

from medmask.errors import NoSpacing, NotHounsfield
from medmask.grid import Grid
from medmask.morphology import PackedMask, Site, Trim
from medmask.volume import Volume


def trimmed(profile, step=None, rim=1, step_mm=1.5):
    """Trim a slab whose HU change along the columns; the mask leaves out so many at both ends."""
    voxels = np.broadcast_to(np.int16(profile), (5, 6, len(profile)))
    grid = Grid(voxels.shape, np.diag([step_mm] * 3 + [1.0])[[2, 1, 0, 3]])
    mask = np.zeros(voxels.shape, bool)
    mask[..., rim : len(profile) - rim] = True
    volume = Volume(voxels, grid, "CT", unit="HU")
    found = (step or Trim()).apply(PackedMask.of(mask), Site(grid, None, volume))
    return found.unpacked()[2, 3].tolist()


def test_a_rim_voxel_below_the_fraction_of_its_neighbour_goes():
    # The density looked for next below 900 HU is 686; 45 % of the way from 50 to it is 336 HU.
    assert trimmed([50, 335, 900, 900, 338, 50]) == [False, False, True, True, True, False]


def test_beside_bone_that_is_partly_soft_tissue_every_voxel_counts():
    assert trimmed([50, 60, 249, 60, 50]) == [False, True, True, True, False]


def test_metal_is_not_taken_for_the_height_of_an_edge():
    # 45 % of the way to 1345 HU, the last density below 1500, is 633 HU; to 3000 it would be 1378.
    assert trimmed([50, 640, 3000, 3000, 620, 50]) == [False, True, True, True, False, False]


@pytest.mark.parametrize(
    ("step_mm", "blurred", "gone"), [(0.5, 4, 3), (0.75, 2, 2), (1.5, 1, 1), (5.0, 1, 1)]
)
def test_the_rim_is_as_wide_as_the_blur_however_small_the_voxels(step_mm, blurred, gone):
    profile = [50, *[150] * blurred, *[1000] * 4]
    found = trimmed([*profile, *profile[::-1]], step_mm=step_mm)[: len(profile)]
    assert found == [i > gone for i in range(len(profile))]


def test_bone_farther_off_than_a_blurred_edge_reaches_does_not_count():
    profile = [50, 150, 150, 150, 1000, 150, 150, 150, 50]
    assert all(trimmed(profile, step_mm=0.8)[1:-1])


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


def test_trimming_needs_a_spacing():
    volume = Volume(np.zeros((1, 3, 3), np.int16), Grid.plain((1, 3, 3)), "CT", unit="HU")
    with pytest.raises(NoSpacing, match="trim: a CT without spacing; accepted: one with spacing"):
        Trim().apply(PackedMask.of(np.ones((1, 3, 3), bool)), Site(volume.grid, None, volume))


def test_a_single_voxel_has_a_rim_too():
    grid = Grid((1, 1, 1), np.eye(4))
    volume = Volume(np.full((1, 1, 1), 900, np.int16), grid, "CT", unit="HU")
    one = PackedMask.of(np.ones((1, 1, 1), bool))
    assert Trim().apply(one, Site(grid, None, volume)).unpacked().all()


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
