import numpy as np

from medmask.pipeline.decide import decide
from medmask.pipeline.evidence import evidence_picture
from medmask.recipe import loads
from tests.phantoms import ct_boxes, volume_of

PLAIN = loads("", "plain.yaml")


def colours(picture):
    return {tuple(colour) for colour in np.unique(picture.reshape(-1, 3), axis=0).tolist()}


def drawn(recipe, modality="CT"):
    return evidence_picture(decide(volume_of(ct_boxes(), modality), recipe), recipe)


def test_both_thresholds_have_the_colours_of_their_masks():
    assert {(0, 160, 255), (255, 180, 0)} <= colours(drawn(PLAIN))


def test_the_recipes_colours_are_taken():
    recipe = loads('overlay: {layers: [{show: bone, colour: "#12ab34"}]}', "a.yaml")
    assert {(0, 160, 255), (0x12, 0xAB, 0x34)} <= colours(drawn(recipe))


def test_where_no_bone_is_looked_for_there_is_no_line():
    assert (255, 180, 0) not in colours(drawn(PLAIN, "MR"))


def test_a_fallback_is_told():
    sought = loads("thresholds: {bone: {strategy: valley, near: 200, within: 1}}", "a.yaml")
    assert (drawn(sought) != drawn(PLAIN)).any()


def test_the_fixed_level_is_among_the_others_if_something_else_was_asked_for():
    otsu = loads("thresholds: {soft_tissue: {strategy: otsu}}", "a.yaml")
    assert drawn(otsu).shape[0] >= drawn(PLAIN).shape[0]
