"""How much memory all of the mask stage takes beside the volume, in bytes a voxel.

One of them is the label map, which is the stage's result.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.ct_phantoms import Scene, arms, table, trunk

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="the system does not tell peaks of memory"
)
LABEL_MAP = 1
GIVEN_BACK = {"MALLOC_MMAP_THRESHOLD_": "131072"}  # by glibc as soon as it is freed
SHAPE, STEPS = (100, 320, 384), (1.5, 1.2, 1.2)
WITHOUT_LABELLING = """
masks:
  body: [{step: open, radius_mm: 2}]
  bone: [{within: body}, {step: close, radius_mm: 2}, {step: smooth, radius_mm: 2}]
"""


@pytest.fixture(scope="module")
def bytes_a_voxel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weighed")
    scene = Scene.empty(SHAPE, STEPS)
    trunk(scene, contrast=True)
    arms(scene, 6.0)
    table(scene, 96.0, wide=220.0)
    (folder / "plain.yaml").write_text(WITHOUT_LABELLING)

    def weigh(recipe, noise):
        path = folder / f"{noise:g}.npy"
        if not path.exists():
            np.save(path, scene.scanned(noise=noise).voxels)
        recipe = str(folder / recipe) if recipe.endswith(".yaml") else recipe
        command = [sys.executable, "-m", "tests.pipeline.weigh_masks", str(path), recipe]
        root, env = Path(__file__).parents[2], os.environ | GIVEN_BACK
        done = subprocess.run(command, cwd=root, env=env, capture_output=True, check=True)
        return float(done.stdout)

    return weigh


@pytest.mark.parametrize(
    ("recipe", "noise"), [("ct", 15.0), ("ct-bone", 15.0), ("ct", 150.0), ("ct-bone", 150.0)]
)
def test_presets_take_less_than_five_bytes_a_voxel(bytes_a_voxel, recipe, noise):
    assert bytes_a_voxel(recipe, noise) < 5


def test_steps_without_labelling_take_less_than_a_byte_beside_the_label_map(bytes_a_voxel):
    assert bytes_a_voxel("plain.yaml", 15.0) < LABEL_MAP + 1
