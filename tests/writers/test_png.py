import io

import numpy as np
import pytest
import SimpleITK as sitk
from PIL import Image

from medmask.readers import ReadOptions, read_raster
from medmask.scan import Format
from medmask.writers import png


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ((3, 4), np.uint8),
        ((3, 4), np.uint16),
        ((3, 4, 3), np.uint8),
        ((3, 4, 4), np.uint8),
        ((3, 4, 2), np.uint8),
    ],
)
def test_pixels_come_back_as_they_were(shape, kind):
    pixels = np.random.default_rng(0).integers(0, np.iinfo(kind).max, shape).astype(kind)
    with Image.open(io.BytesIO(png(pixels))) as image:
        assert (np.asarray(image) == pixels).all()


@pytest.mark.parametrize("pixels", [np.zeros((2, 2), np.float32), np.zeros((2, 2, 5), np.uint8)])
def test_what_no_png_can_hold_is_refused(pixels):
    with pytest.raises(ValueError, match="no PNG can hold"):
        png(pixels)


@pytest.mark.parametrize("channels", [3, 4])
def test_channels_of_16_bits_are_read_back_by_others(tmp_path, channels):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 65536, (7, 5, channels)).astype(np.uint16)
    (tmp_path / "deep.png").write_bytes(png(pixels))
    image = sitk.ReadImage(str(tmp_path / "deep.png"))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), pixels)


def test_grey_and_opacity_of_16_bits_are_read_back(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 65536, (7, 5, 2)).astype(np.uint16)
    (tmp_path / "deep.png").write_bytes(png(pixels))
    read = read_raster(tmp_path / "deep.png", Format.PNG, ReadOptions())
    np.testing.assert_array_equal(read.samples[0, ..., 0], pixels[..., 0])
    np.testing.assert_array_equal(read.alpha[0], pixels[..., 1])
