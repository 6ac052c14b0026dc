import io

import numpy as np
import pytest
from PIL import Image

from medmask.writers import png


@pytest.mark.parametrize(
    ("shape", "kind"),
    [((3, 4), np.uint8), ((3, 4), np.uint16), ((3, 4, 3), np.uint8), ((3, 4, 4), np.uint8)],
)
def test_pixels_come_back_as_they_were(shape, kind):
    pixels = np.random.default_rng(0).integers(0, np.iinfo(kind).max, shape).astype(kind)
    with Image.open(io.BytesIO(png(pixels))) as image:
        assert (np.asarray(image) == pixels).all()


@pytest.mark.parametrize("pixels", [np.zeros((2, 2), np.float32), np.zeros((2, 2, 2), np.uint8)])
def test_what_no_png_can_hold_is_refused(pixels):
    with pytest.raises(ValueError, match="no PNG can hold"):
        png(pixels)
