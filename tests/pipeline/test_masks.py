import numpy as np

from medmask.grid import Grid
from medmask.labels import Label
from medmask.pipeline import segment
from medmask.quality import Change
from medmask.recipe import load, loads
from medmask.volume import Volume
from tests.phantoms import BOX_BODY, BOX_BONE, ct_boxes, volume_of

STEPS = """
thresholds: {bone: {strategy: fixed, native: 800, hysteresis: {low_native: 226}}}
masks:
  body: [{step: erode, iterations: 1, element: box}, {step: dilate, iterations: 1, element: box}]
  bone: [{within: body}, {step: remove_small, voxels: 100}]
"""


def boxes():
    """The boxes, with one voxel of the bone denser and two more of as much apart from it."""
    voxels = ct_boxes()
    voxels[5, 20, 20] = 900
    voxels[3, 8, 8:10] = 900
    return volume_of(voxels)


def test_every_step_tells_what_it_leaves():
    changes = segment(boxes(), loads(STEPS, "steps.yaml")).figures.changes
    inner = 6 * 28 * 34
    assert [(c.step, c.voxels) for c in changes.body] == [
        ("threshold", BOX_BODY),
        ("erode", inner),
        ("dilate", BOX_BODY),
    ]
    assert [(c.step, c.voxels) for c in changes.bone] == [
        ("threshold", 3),
        ("hysteresis", BOX_BONE + 2),
        ("within", BOX_BONE + 2),
        ("remove_small", BOX_BONE),
    ]


def test_changes_have_millilitres_where_there_are_millimetres():
    volume = boxes()
    first = segment(volume, loads(STEPS, "steps.yaml")).figures.changes.body[0]
    assert first == Change("threshold", BOX_BODY, BOX_BODY * volume.grid.voxel_ml)


def test_both_masks_are_counted_by_their_pieces():
    figures = segment(boxes(), loads("", "plain.yaml")).figures
    assert (figures.soft_tissue.parts, figures.bone.parts) == (1, 2)


def test_where_no_bone_is_looked_for_it_has_no_steps():
    recipe = loads("thresholds: {bone: null}", "soft.yaml")
    assert segment(boxes(), recipe).figures.changes.bone == ()


def test_a_local_threshold_takes_what_is_brighter_than_its_surroundings():
    film = np.full((90, 120), 10, np.uint8)
    film[10:80, 10:60], film[10:80, 60:110] = 44, 90
    film[10:80, 30:34] = 60
    film[10:80, 80:84] = 120
    film[3:6, 112:116] = 250
    grid = Grid.plain((1, *film.shape))
    result = segment(Volume(film[None], grid, "XR"), load("xray-local"))
    bone = result.labels.where(Label.BONE)[0]
    assert bone[15:75, 31:33].all()
    assert bone[15:75, 81:83].all()
    assert not bone[:8].any()
    assert not bone[15:75, 12:26].any()
    assert not bone[15:75, 95:109].any()
    assert result.figures.changes.bone[1].step == "local"
    assert "thresholds_crossed" not in [warning.code for warning in result.warnings]
    assert result.labels.voxels[0, 4, 113] == 0, "a lead letter is no patient"
