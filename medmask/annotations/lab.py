"""Colours of DICOM segments, which are given in CIELab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

_WHITE_D50: Final = np.array([0.96422, 1.0, 0.82521])
_SRGB_OF_D50: Final = np.array(  # Bradford-adapted to the white of sRGB
    [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
)


def rgb_of_lab(encoded: Sequence[float]) -> str:
    """Return ``#rrggbb`` of a Recommended Display CIELab Value.

    Parameters
    ----------
    encoded : sequence of float
        L* of 0..100 and a*, b* of -128..127, each on 0..65535.

    References
    ----------
    DICOM PS3.3 C.10.7.1.1, Encoding of CIELab Values; IEC 61966-2-1, sRGB.
    """
    light, a, b = (value / 65535 for value in encoded)
    y = (light * 100 + 16) / 116
    ratios = np.array([y + (a * 255 - 128) / 500, y, y - (b * 255 - 128) / 200])
    linear = np.where(ratios > 6 / 29, ratios**3, 3 * (6 / 29) ** 2 * (ratios - 4 / 29))
    shares = np.clip(_SRGB_OF_D50 @ (linear * _WHITE_D50), 0, 1)
    curved = np.where(shares <= 0.0031308, 12.92 * shares, 1.055 * shares ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(float(one) * 255):02x}" for one in curved)
