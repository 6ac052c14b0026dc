import numpy as np
import pytest
from PIL import Image

from medmask.errors import IsAnnotation
from medmask.readers.pictures.grey import grey_of, grey_under

RNG = np.random.default_rng(0)


def test_luminance_is_that_of_pillow():
    colours = RNG.integers(0, 256, (300, 7, 3)).astype(np.uint8)
    grey = grey_of(colours)
    np.testing.assert_array_equal(grey.pixels, np.asarray(Image.fromarray(colours).convert("L")))
    assert (grey.is_colour, [w.code for w in grey.warnings]) == (True, ["colour_to_grey"])


def test_luminance_of_sixteen_bits_reaches_white():
    colours = np.array([[[65535, 65535, 65534], [0, 0, 1], [65535, 0, 0]]], np.uint16)
    np.testing.assert_array_equal(grey_of(colours).pixels, [[65535, 0, round(0.299 * 65535)]])


def test_equal_channels_are_taken_as_they_are():
    level = RNG.integers(0, 65536, (5, 6)).astype(np.uint16)
    grey = grey_of(np.stack([level] * 3, axis=-1))
    np.testing.assert_array_equal(grey.pixels, level)
    assert (grey.is_colour, grey.warnings) == (False, ())


def test_a_layer_that_is_nowhere_seen_is_an_annotation():
    with pytest.raises(IsAnnotation, match="a: a layer whose opacity varies"):
        grey_under(np.zeros((4, 5, 2), np.uint8), "a")
