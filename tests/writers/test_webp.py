import io

import numpy as np
import pytest
from PIL import Image

from medmask.writers import webp, webp_lossless


def opened(content):
    image = Image.open(io.BytesIO(content))
    assert image.format == "WEBP"
    return np.asarray(image)


def gradient(shape=(40, 60)):
    return np.add.outer(np.arange(shape[0]), np.arange(shape[1])).astype(np.uint8)


def test_grey_and_colour_come_back_nearly():
    for picture in (gradient(), np.dstack([gradient(), gradient() + 9, gradient() + 20])):
        grey = np.dstack([picture] * 3) if picture.ndim == 2 else picture
        assert np.abs(opened(webp(picture, 80)).astype(int) - grey).max() < 20


def test_less_quality_takes_less():
    noise = np.random.default_rng(0).integers(0, 255, (128, 128)).astype(np.uint8)
    assert len(webp(noise, 10)) < len(webp(noise, 50)) < len(webp(noise, 90))


def test_colours_and_transparency_come_back_exactly_where_nothing_may_be_lost():
    picture = np.zeros((30, 50, 4), np.uint8)
    picture[5:20, 10:30] = (255, 180, 0, 255)
    assert (opened(webp_lossless(picture)) == picture).all()


def test_two_colours_take_little():
    picture = np.zeros((1000, 1000, 4), np.uint8)
    picture[200:800, 300:700] = (0, 160, 255, 255)
    assert len(webp_lossless(picture)) < 2000


def test_a_picture_beyond_the_formats_14_bits_is_refused():
    with pytest.raises(ValueError, match="16384 x 1 pixels; WebP holds 16383 a side"):
        webp(np.zeros((1, 16384), np.uint8), 50)
