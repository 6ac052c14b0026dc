import io

import numpy as np
import pytest
from PIL import Image

from medmask.writers import webp, webp_masks


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


def test_masks_come_back_exactly_each_in_its_channel():
    bits = np.random.default_rng(1).integers(0, 8, (30, 50)).astype(np.uint8)
    picture = opened(webp_masks(bits))
    for channel in range(3):
        assert (picture[..., channel] == np.where(bits & 1 << channel, 255, 0)).all()


def test_a_mask_of_a_million_pixels_takes_little():
    bits = np.zeros((1000, 1000), np.uint8)
    bits[200:800, 300:700] = 1
    assert len(webp_masks(bits)) < 2000


def test_a_picture_beyond_the_formats_14_bits_is_refused():
    with pytest.raises(ValueError, match="16384 x 1 pixels; WebP holds 16383 a side"):
        webp(np.zeros((1, 16384), np.uint8), 50)
