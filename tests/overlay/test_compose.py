import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medmask.overlay import Layer, LayerStyle, compose

GREY = np.full((3, 3), 100, np.uint8)
ALL = np.ones((3, 3), bool)


def test_without_layers_the_picture_is_grey():
    assert compose(GREY, [])[1, 1].tolist() == [100, 100, 100]


def test_a_fill_of_40_per_cent_is_40_per_cent_colour():
    layer = Layer(np.eye(3, dtype=bool), LayerStyle("bone", "#ffb400", 0.4))
    picture = compose(GREY, [layer])
    assert picture[0, 0].tolist() == [162, 132, 60]  # 0.4 * (255, 180, 0) + 0.6 * 100
    assert picture[0, 1].tolist() == [100, 100, 100]


def test_a_later_layer_lies_over_an_earlier_one():
    below = Layer(ALL, LayerStyle("bone", "#ff0000", 1.0))
    above = Layer(ALL, LayerStyle("soft_tissue", "#0000ff", 0.5))
    assert compose(GREY, [below, above])[0, 0].tolist() == [128, 0, 128]


def test_a_contour_leaves_the_inside_as_it_is():
    mask = np.zeros((5, 5), bool)
    mask[1:4, 1:4] = True
    grey = np.full((5, 5), 100, np.uint8)
    picture = compose(grey, [Layer(mask, LayerStyle("bone", "#ffffff", 1.0, "contour"))])
    assert picture[2, 2].tolist() == [100, 100, 100]
    assert np.count_nonzero((picture == 255).all(axis=2)) == 8


@given(st.lists(st.floats(0, 1), max_size=5), st.integers(0, 255))
def test_weights_sum_to_one_so_layers_of_the_pictures_own_colour_change_nothing(opacities, value):
    colour = f"#{value:02x}{value:02x}{value:02x}"
    layers = [Layer(ALL, LayerStyle("bone", colour, opacity)) for opacity in opacities]
    assert (compose(np.full((3, 3), value, np.uint8), layers) == value).all()


def test_a_feathered_edge_is_half_on_the_edge_whatever_the_scale():
    mask = np.zeros((2, 60), bool)
    mask[:, 30:] = True
    layer = Layer(mask, LayerStyle("bone", "#ffffff", 1.0, feather_mm=2.0))
    row = compose(np.zeros((2, 60), np.uint8), [layer], (3.0, 3.0))[0, :, 0] / 255
    assert row[29] + row[30] == pytest.approx(1.0, abs=0.01)
    assert row[36] == pytest.approx(0.86, abs=0.01)  # 6.5 px are 1.08 sigma: normal CDF


def test_a_feather_is_in_pixels_where_millimetres_are_unknown():
    mask = np.zeros((2, 60), bool)
    mask[:, 30:] = True
    layer = Layer(mask, LayerStyle("bone", "#ffffff", 1.0, feather_mm=6.0))
    row = compose(np.zeros((2, 60), np.uint8), [layer])[0, :, 0] / 255
    assert row[36] == pytest.approx(0.86, abs=0.01)  # 6.5 px are 1.08 sigma: normal CDF


def test_an_authors_opacity_is_feathered_too():
    weights = np.zeros((2, 60), np.float32)
    weights[:, 30:] = 0.5
    style = LayerStyle("annotations", "#ffffff", 1.0, feather_mm=2.0)
    row = compose(np.zeros((2, 60), np.uint8), [Layer(weights > 0, style, weights)])[0, :, 0] / 255
    assert row[29] + row[30] == pytest.approx(0.5, abs=0.01)
    assert row[50] == pytest.approx(0.5, abs=0.01)


def test_a_layer_that_covers_hides_all_below_it_exactly():
    below = Layer(ALL, LayerStyle("bone", "#123456", 0.37))
    above = Layer(ALL, LayerStyle("soft_tissue", "#fedcba", 1.0))
    assert compose(GREY, [below, above])[1, 1].tolist() == [0xFE, 0xDC, 0xBA]


def test_between_hatched_lines_the_scan_is_as_it_was():
    mask = np.zeros((40, 40), bool)
    mask[4:36, 4:36] = True
    grey = np.full((40, 40), 100, np.uint8)
    picture = compose(grey, [Layer(mask, LayerStyle("bone", "#ffffff", 1.0, "hatch"))])
    seen = (picture[5:35, 5:35] == 100).all(axis=2).mean()
    assert 0.7 < seen < 0.8  # two of eight pixels are drawn
    assert (picture[~mask] == 100).all()


def test_a_tall_picture_is_drawn_without_seams():
    mask = np.ones((400, 3), bool)
    picture = compose(np.full((400, 3), 100, np.uint8), [Layer(mask, LayerStyle("bone"))])
    assert (picture == (162, 132, 60)).all()
