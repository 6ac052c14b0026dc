"""CTs of metal: what its streaks do to the masks, and that it is told."""

import numpy as np
import pytest

from medmask.labels import Label
from medmask.pipeline import segment
from medmask.recipe import load
from tests.ct_phantoms import METAL, Scene, implant, legs


def nailed(streaks, radius=9.0):
    """Two legs, of which one has a nail of 60 mm in its shaft."""
    scene = Scene.empty((24, 100, 180))
    legs(scene)
    implant(scene, 5.0, 85.0, radius, half=30.0, streaks=streaks)
    return scene


def overlap(found, wanted):
    return 2 * np.count_nonzero(found & wanted) / (found.sum() + wanted.sum())


def metal_flags(volume):
    return [flag for flag in segment(volume, load("ct")).flags if flag.code == "metal"]


def test_metal_is_flagged_with_its_volume():
    scene = nailed(0.0)
    (flag,) = metal_flags(scene.scanned(noise=0.0, blur=0.0))
    text, rest = flag.message.split(" ml ", 1)
    assert float(text) == pytest.approx(
        np.count_nonzero(scene.hounsfield == METAL) * scene.grid.voxel_ml, rel=0.01
    )
    assert rest == (
        "are denser than 2900 HU, as metal is: its streaks may be taken for bone, "
        "and dark ones for air"
    )


def test_bone_alone_is_not_flagged():
    scene = Scene.empty((24, 100, 180))
    legs(scene)
    assert metal_flags(scene.scanned()) == []


def test_a_clip_is_too_small_to_be_flagged():
    scene = Scene.empty((24, 100, 180))
    legs(scene)
    implant(scene, 5.0, 85.0, 3.0, half=1.0, streaks=0.0)
    assert metal_flags(scene.scanned(blur=0.0)) == []


@pytest.mark.parametrize(("streaks", "least"), [(0.0, 0.99), (150.0, 0.95), (300.0, 0.9)])
def test_streaks_up_to_the_threshold_leave_bone_nearly_as_it_is(streaks, least):
    scene = nailed(streaks)
    labels = segment(scene.scanned(), load("ct")).labels
    assert overlap(labels.where(Label.BONE), scene.bone) >= least
    assert overlap(labels.voxels > 0, scene.body) >= 0.97


@pytest.mark.parametrize("strategy", ["otsu", "li", "isodata"])
def test_metal_hardly_moves_thresholds_of_the_whole_histogram(strategy):
    levels = []
    for scene in (nailed(0.0, radius=0.1), nailed(0.0), nailed(150.0)):
        candidates = segment(scene.scanned(), load("ct")).soft_tissue.candidates
        levels.append(next(c.level for c in candidates if c.strategy == strategy))
    assert max(levels) - min(levels) < 3.0
