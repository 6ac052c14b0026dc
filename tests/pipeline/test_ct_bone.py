"""The preset that masks bone best, on scans whose bone is known."""

import numpy as np
import pytest

from medmask.labels import Label
from medmask.pipeline import segment
from medmask.recipe import load
from tests.bone_phantoms import Scan
from tests.ct_phantoms import Scene, arms, head, headrest, leads, legs, table, trunk

GOOD = 0.97


def dice(scene, **how):
    volume = scene.scanned(**how)
    found = segment(volume, load("ct-bone")).labels.where(Label.BONE)
    return 2 * np.count_nonzero(found & scene.bone) / (found.sum() + scene.bone.sum())


def abdomen(shape=(30, 120, 210), contrast=False):
    scene = Scene.empty(shape)
    trunk(scene, contrast=contrast)
    return scene


@pytest.mark.parametrize("noise", [5.0, 40.0])
@pytest.mark.parametrize("contrast", [False, True])
def test_bone_with_marrow_on_a_table_that_touches_the_skin(noise, contrast):
    scene = abdomen(contrast=contrast)
    table(scene, 94.0, curve=0.0008, wide=200.0)
    assert dice(scene, noise=noise) >= GOOD


@pytest.mark.parametrize("tilt", [-25.0, 16.0])
def test_slices_of_a_tilted_gantry(tilt):
    scene = Scene.empty((30, 120, 210), tilt=tilt)
    trunk(scene, contrast=True)
    table(scene, 94.0, curve=0.0008, wide=200.0)
    assert dice(scene) >= GOOD


def test_bone_in_a_sharp_image():
    assert dice(abdomen(contrast=True), blur=0.0) >= GOOD


def test_arms_cables_and_a_field_of_view():
    scene = Scene.empty((24, 130, 250))
    trunk(scene)
    arms(scene, 6.0)
    leads(scene)
    table(scene, 96.0, wide=240.0)
    assert dice(scene, rim=(240.0, -1024)) >= GOOD


def test_legs_whose_shafts_the_scan_cuts():
    scene = Scene.empty((20, 100, 180))
    legs(scene)
    assert dice(scene) >= GOOD


def test_a_skull_without_its_brain():
    scene = Scene.empty((20, 130, 130))
    head(scene)
    headrest(scene)
    assert dice(scene) >= GOOD


def test_a_part_of_a_trunk_that_touches_all_sides():
    assert dice(abdomen((30, 80, 110), contrast=True)) >= GOOD


def test_thin_slices_and_small_pixels():
    scene = Scene.empty((40, 190, 240), (1.5, 1.0, 1.0))
    trunk(scene, wide=110.0, deep=90.0, contrast=True)
    assert dice(scene, noise=40.0) >= GOOD


def test_slices_thicker_than_the_plates_at_a_vertebras_ends():
    scene = Scene.empty((24, 200, 310), (5.0, 1.0, 1.0))
    trunk(scene, contrast=True)
    assert dice(scene) >= 0.96


@pytest.mark.parametrize(
    ("region", "scan", "how", "least"),
    [
        ("chest", Scan(seed=7), {"contrast": 350.0}, 0.94),
        ("abdomen", Scan(seed=8), {"contrast": 450.0}, 0.94),
        ("pelvis", Scan((5.0, 1.0, 1.0), seed=9), {}, 0.95),
        ("head", Scan((2.0, 1.0, 1.0), noise_hu=60.0, seed=10), {}, 0.98),
    ],
)
def test_regions_with_thin_cortex_contrast_and_noise(region, scan, how, least):
    volume, bone = scan.of(region, **how)
    result = segment(volume, load("ct-bone"))
    found = result.labels.where(Label.BONE)
    assert 2 * np.count_nonzero(found & bone) / (found.sum() + bone.sum()) >= least
    assert "bone_in_noise" not in {flag.code for flag in result.flags}


def test_bone_is_doubted_where_the_noise_reaches_its_threshold():
    volume, _ = Scan((3.0, 2.0, 2.0), noise_hu=90.0).of("knees")
    assert "bone_in_noise" in {flag.code for flag in segment(volume, load("ct-bone")).flags}
