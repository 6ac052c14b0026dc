"""What shows the masks is made again; masks that still hold are not."""

import json

import pytest

from medmask.pipeline import MaskScan
from medmask.readers import ReadOptions
from medmask.recipe import RecipeChoice, loads

STEPS = "masks: {bone: [{step: close, radius_mm: 2}]}\n"
GROWN = STEPS + "thresholds: {bone: {strategy: fixed, level: 64, hysteresis: {low_level: 33}}}\n"
LAYER = "overlay: {layers: [{show: bone, colour: '#00ff00', opacity: 0.5, style: fill}]}\n"


def recipe(text):
    return RecipeChoice.always(loads(text, "mine.yaml"))


@pytest.fixture
def mask(ct, tmp_path):
    """Mask the scan by a recipe; return its account and the bytes of its files."""

    def run(text, **options):
        MaskScan(recipe(text), ReadOptions(), tmp_path / "out", **options)(ct)
        folder = tmp_path / "out" / "scans" / "a-1"
        files = {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        return json.loads(files.pop("scan.json")), files

    return run


def stages(account):
    return set(account["provenance"]["seconds"])


@pytest.mark.parametrize("text", [STEPS, GROWN])
def test_another_colour_draws_from_the_stored_masks_what_a_fresh_run_would(mask, text):
    mask(text)
    account, redrawn = mask(text + LAYER)
    assert "segment" not in stages(account)
    afresh, made = mask(text + LAYER, reuse=False)
    assert "segment" in stages(afresh)
    assert redrawn == made
    for part in (account, afresh):
        del part["provenance"]["seconds"]
    assert account == afresh


def test_another_output_is_written_from_the_stored_masks(mask):
    mask(STEPS)
    account, files = mask(STEPS + "outputs: {masks: true}\n")
    assert "segment" not in stages(account)
    assert {"bone.nii.gz", "soft_tissue.nii.gz"} <= set(files)


@pytest.mark.parametrize(
    "text",
    [
        "masks: {bone: [{step: close, radius_mm: 3}]}\n",
        STEPS + "thresholds: {bone: {strategy: fixed, level: 60}}\n",
        STEPS + "scale: {kind: linear, native_at_32: -200, native_at_64: 200}\n",
    ],
)
def test_what_masks_hang_on_makes_them_anew(mask, text):
    mask(STEPS)
    account, _ = mask(text)
    assert "segment" in stages(account)


def test_masks_that_lost_a_byte_are_made_anew(mask, tmp_path):
    mask(STEPS)
    labels = tmp_path / "out" / "scans" / "a-1" / "labels.nii.gz"
    labels.write_bytes(labels.read_bytes()[:-1])
    account, _ = mask(STEPS + LAYER)
    assert "segment" in stages(account)


def test_another_input_makes_them_anew(mask, ct):
    mask(STEPS)
    path = ct.files[0]
    path.write_bytes(path.read_bytes() + path.read_bytes())  # a second gzip member: other bytes
    account, _ = mask(STEPS + LAYER)
    assert "segment" in stages(account)
