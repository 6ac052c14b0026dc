import numpy as np

from medmask.annotation import Annotation
from medmask.overlay import (
    DEFAULT_LAYERS,
    LayerStyle,
    Subject,
    annotation_sheets,
    choose_display,
    review_layers,
)
from tests.overlay.phantoms import body, labels_of


def subject(layers=DEFAULT_LAYERS, annotations=()):
    volume = body()
    return Subject(volume, choose_display(volume), labels_of(volume), tuple(annotations), layers)


def annotation(name, colour=None):
    return Annotation(name, "labelmap", "x", np.zeros((1, 2, 2), np.uint8), 1, None, colour)


def test_the_recipes_layers_come_with_their_look():
    bone, soft = review_layers(subject())
    assert (bone.name, bone.colour, bone.opacity, bone.style) == ("bone", "#ffb400", 0.4, "fill")
    assert (soft.name, soft.colour, soft.style) == ("soft tissue", "#00a0ff", "contour")
    assert bone.visible
    assert soft.visible


def test_soft_tissue_is_outlined_without_the_holes_of_bone():
    bone, soft = review_layers(subject())
    assert (soft.fill, soft.outline) == ((0,), (0, 1))
    assert bone.fill == bone.outline == (1,)


def test_what_the_recipe_does_not_draw_is_there_to_be_switched_on():
    layers = review_layers(subject((LayerStyle("bone", "#ff0000"),)))
    assert [(layer.name, layer.visible) for layer in layers] == [
        ("bone", True), ("soft tissue", False),
    ]  # fmt: skip


def test_annotations_have_a_layer_each_in_their_own_colours():
    style = (LayerStyle("annotations", None, 0.6, "contour"),)
    layers = review_layers(subject(style, [annotation(str(n), "#123456") for n in range(5)]))
    drawn = [layer for layer in layers if layer.show == "annotations"]
    assert [(layer.name, layer.sheet, layer.fill) for layer in drawn] == [
        ("0", 1, (0,)), ("1", 1, (1,)), ("2", 1, (2,)), ("3", 2, (0,)), ("4", 2, (1,)),
    ]  # fmt: skip
    assert {layer.colour for layer in drawn} == {"#123456"}


def test_very_many_annotations_share_the_last_layer():
    many = [annotation(str(n)) for n in range(30)]
    layers = review_layers(subject((LayerStyle("annotations"),), many))
    names = [layer.name for layer in layers if layer.show == "annotations"]
    assert names == [*map(str, range(11)), "19 more annotations"]
    sheets = annotation_sheets(many)
    assert [len(sheet) for sheet in sheets] == [3, 3, 3, 3]
    assert sum(len(layer) for sheet in sheets for layer in sheet) == 30
