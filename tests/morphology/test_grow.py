import numpy as np
import pytest

from medmask.errors import NoSpacing, NotHounsfield
from medmask.grid import Grid
from medmask.morphology import Grow, PackedMask, Site
from medmask.morphology.noise import noise_hu
from medmask.rescale import Rescale
from medmask.volume import Volume
from tests.ct_phantoms import CONTRAST, MUSCLE, Scene, ball, box, rod

METAL_HU = 2900.0


def grown(scene, step=None, **how):
    """Grow what lies above 226 HU; the whole image is body."""
    volume = scene.scanned(**how)
    everything = PackedMask.of(np.ones(volume.grid.shape, bool))
    seeds = PackedMask.of(volume.above(226.0))
    site = Site(volume.grid, everything, volume)
    return (step or Grow()).apply(seeds, site).unpacked()


def flesh():
    scene = Scene.empty((20, 60, 70))
    scene.flesh(box((-60.0, 60.0), (-70.0, 70.0)), MUSCLE)
    return scene


def vertebra(scene, y=0.0, x=0.0):
    scene.skeleton(rod(y, x, 18.0, 20.0, half=24.0))
    scene.skeleton(rod(y, x, 14.0, 16.0, half=20.0), 170.0)


def test_trabecular_bone_is_grown_into_from_its_cortex():
    scene = flesh()
    vertebra(scene)
    found = grown(scene, Grow(reach_mm=20.0), noise=10.0, blur=0.0)
    assert np.count_nonzero(found & scene.bone) > 0.99 * np.count_nonzero(scene.bone)
    assert not (found & ~scene.bone).any()


def test_what_is_farther_than_the_reach_is_not_grown_into():
    scene = flesh()
    vertebra(scene)
    found = grown(scene, Grow(reach_mm=6.0), noise=0.0, blur=0.0)
    assert not (found & scene.where(rod(0.0, 0.0, 7.0, 9.0, half=12.0))).any()


@pytest.mark.parametrize("contrast", [200.0, CONTRAST, 550.0])
def test_a_vessel_that_touches_bone_is_taken_out_and_the_bone_stays(contrast):
    scene = flesh()
    scene.flesh(rod(0.0, -35.0, 12.0, 12.0), contrast)
    vessel = scene.where(rod(0.0, -35.0, 12.0, 12.0))
    vertebra(scene, x=-3.0)
    found = grown(scene, noise=15.0)
    assert np.count_nonzero(found & vessel & ~scene.bone) < 0.05 * np.count_nonzero(vessel)
    cortex = scene.bone & (scene.hounsfield > 500.0)
    assert np.count_nonzero(found & cortex) > 0.98 * np.count_nonzero(cortex)


def test_a_vessel_with_plaques_in_its_wall_is_a_vessel_all_the_same():
    scene = flesh()
    vessel = rod(0.0, 0.0, 14.0, 14.0)
    scene.flesh(vessel, CONTRAST)
    for z0 in (-20.0, 15.0):
        scene.flesh(ball(z0, 0.0, -13.0, 6.0, 5.0, 2.0), 900.0)
    found = grown(scene, noise=15.0)
    assert np.count_nonzero(found) < 0.1 * np.count_nonzero(scene.where(vessel))


@pytest.mark.parametrize("noise", [15.0, 40.0])
@pytest.mark.parametrize("steps", [(3.0, 2.0, 2.0), (5.0, 2.0, 2.0), (1.5, 1.5, 1.5)])
def test_chambers_of_unlike_contrast_that_lie_together_are_no_bone(steps, noise):
    shape = tuple(round(mm / step) for mm, step in zip((60, 120, 140), steps, strict=True))
    scene = Scene.empty(shape, steps)
    scene.flesh(box((-60.0, 60.0), (-70.0, 70.0)), MUSCLE)
    for x0, contrast in ((-24.0, 350.0), (0.0, 190.0), (24.0, 270.0)):
        scene.flesh(ball(0.0, 0.0, x0, 24.0, 22.0, 16.0), contrast)
    found = grown(scene, noise=noise)
    heart = scene.hounsfield > MUSCLE
    assert np.count_nonzero(found) < 0.05 * np.count_nonzero(heart)


def test_an_implant_is_no_contrast_medium():
    scene = flesh()
    implant = rod(0.0, 0.0, 9.0, 9.0, half=20.0)
    scene.flesh(implant, METAL_HU)
    found = grown(scene, noise=15.0, blur=0.0)
    assert np.array_equal(found, scene.where(implant))


@pytest.mark.parametrize("noise", [15.0, 60.0])
def test_flesh_beside_bone_stays_out_however_noisy(noise):
    scene = Scene.empty((20, 90, 100), (1.5, 1.0, 1.0))
    scene.flesh(box((-50.0, 50.0), (-50.0, 50.0)), MUSCLE)
    scene.skeleton(rod(0.0, 0.0, 15.0, 15.0))
    found = grown(scene, noise=noise, blur=0.0)
    assert np.count_nonzero(found & ~scene.bone) < 0.03 * np.count_nonzero(scene.bone)
    assert np.count_nonzero(found & scene.bone) > 0.99 * np.count_nonzero(scene.bone)


def everywhere(volume):
    return np.ones(volume.grid.shape, bool).__getitem__


@pytest.mark.parametrize("noise", [10.0, 40.0])
def test_noise_is_measured_in_flesh_alone(noise):
    scene = flesh()
    vertebra(scene)
    volume = scene.scanned(noise=noise, blur=0.0)
    assert noise_hu(volume, everywhere(volume)) == pytest.approx(noise, rel=0.1)


def test_where_there_is_no_flesh_there_is_no_noise():
    air = Scene.empty((4, 20, 20)).scanned()
    assert noise_hu(air, everywhere(air)) == 0.0


def test_nothing_grows_from_nothing():
    scene = flesh()
    assert not grown(scene).any()


def test_other_modalities_have_no_hounsfield_units():
    volume = Volume(np.zeros((2, 9, 9), np.int16), Grid((2, 9, 9), np.eye(4)), "MR")
    mask = PackedMask.of(np.ones((2, 9, 9), bool))
    with pytest.raises(NotHounsfield, match="grow: a MR; accepted: a CT, whose HU tell bone"):
        Grow().apply(mask, Site(volume.grid, mask, volume))


def test_a_ct_without_spacing_cannot_be_measured():
    volume = Volume(np.zeros((1, 9, 9), np.int16), Grid.plain((1, 9, 9)), "CT")
    mask = PackedMask.of(np.ones((1, 9, 9), bool))
    with pytest.raises(NoSpacing, match="grow: a CT without spacing"):
        Grow().apply(mask, Site(volume.grid, mask, volume))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"low_native": float("nan")}, "grow: low_native must be finite, got nan"),
        ({"reach_mm": 0.0}, "grow: reach_mm must be positive, got 0"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        Grow(**given)


def test_the_noise_is_measured_in_steps_much_finer_than_a_hounsfield_unit():
    fine = Rescale(0.005, 0.0)  # flesh spans 48,000 stored values, more than half of int16
    noise = np.random.default_rng(4).normal(30.0, 20.0, (40, 60, 60))
    stored = np.clip(np.rint(noise * 200), -32768, 32767).astype(np.int16)
    volume = Volume(stored, Grid(stored.shape, np.eye(4)), "CT", rescale=fine, unit="HU")
    assert noise_hu(volume, everywhere(volume)) == pytest.approx(20.0, rel=0.1)
