import numpy as np

from medmask.overlay.colours import PALETTE, styles_of
from medmask.overlay.layer import LayerStyle
from tests.overlay.phantoms import annotation_of

VOXELS = np.zeros((1, 2, 2), np.uint8)


def colours(annotations, colour=None):
    return [own.colour for own in styles_of(annotations, LayerStyle("annotations", colour))]


def test_annotations_keep_their_authors_colours_and_others_take_the_next_of_the_palette():
    marks = [annotation_of(VOXELS), annotation_of(VOXELS, colour="#123456"), annotation_of(VOXELS)]
    assert colours(marks) == [PALETTE[0], "#123456", PALETTE[1]]


def test_a_colour_of_the_recipe_counts_for_all():
    assert colours([annotation_of(VOXELS, colour="#123456")], "#00ff00") == ["#00ff00"]


def test_more_annotations_than_colours_begin_again():
    marks = [annotation_of(VOXELS)] * (len(PALETTE) + 1)
    assert colours(marks)[-1] == PALETTE[0]
