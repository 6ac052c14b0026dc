import pytest

from medmask.overlay import LayerStyle, OverlayStyle, WindowLevel


def test_the_default_is_bone_filled_and_soft_tissue_outlined():
    bone, soft, annotations = OverlayStyle().layers
    assert (bone.show, bone.rgb, bone.opacity, bone.style) == ("bone", (255, 180, 0), 0.4, "fill")
    assert (soft.show, soft.rgb, soft.opacity, soft.style) == (
        "soft_tissue",
        (0, 160, 255),
        0.25,
        "contour",
    )
    assert (annotations.show, annotations.colour, annotations.style) == (
        "annotations",
        None,
        "contour",
    )


def test_a_layer_without_a_colour_has_its_subjects_own():
    assert LayerStyle("bone").rgb == (255, 180, 0)
    assert LayerStyle("annotations").rgb == (255, 79, 163)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"show": "muscle"}, "layer 'muscle'; accepted: bone, soft_tissue, annotations"),
        ({"colour": "red"}, "colour 'red'; accepted: #rrggbb"),
        ({"colour": "#ffb40"}, "colour '#ffb40'; accepted: #rrggbb"),
        ({"colour": "#ffb400\n"}, "accepted: #rrggbb"),
        ({"opacity": 1.1}, r"opacity 1.1; accepted: 0 to 1"),
        ({"opacity": float("nan")}, "opacity nan; accepted: 0 to 1"),
        ({"style": "dots"}, "style 'dots'; accepted: fill, contour, hatch"),
        ({"feather_mm": -1.0}, r"feather_mm -1.0; accepted: 0 or more"),
        ({"feather_mm": float("inf")}, "feather_mm inf; accepted: 0 or more"),
        ({"style": "contour", "feather_mm": 2.0}, "feather_mm 2 on a contour.*`style: fill`"),
        ({"style": "hatch", "feather_mm": 2.0}, "feather_mm 2 on a hatch.*`style: fill`"),
    ],
)
def test_a_layer_that_cannot_be_drawn_is_refused_when_it_is_built(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        LayerStyle(**{"show": "bone"} | wrong)


@pytest.mark.parametrize("width", [0.0, -400.0, float("nan"), float("inf")])
def test_a_window_without_width_is_refused(width):
    with pytest.raises(ValueError, match=r"window width .*; accepted: a number above 0"):
        WindowLevel(40.0, width)


def test_a_window_without_a_level_is_refused():
    with pytest.raises(ValueError, match="window level nan; accepted: a number"):
        WindowLevel(float("nan"), 400.0)
