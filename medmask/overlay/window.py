"""From native values to the grey of a screen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from medmask.overlay.layer import WindowLevel
from medmask.volume import Display, Family, Volume

CT_WINDOW = WindowLevel(level=40.0, width=400.0)  # abdomen: fat dark, muscle mid-grey, bone white
PERCENTILES = (1.0, 99.5)
_SAMPLES = 2_000_000
_BLOCK = 1 << 18  # voxels turned grey at a time, so that no float copy of a film is made


def choose_display(volume: Volume, window: WindowLevel | None = None) -> Display:
    """Return the native interval to show a volume in.

    Parameters
    ----------
    volume : Volume
    window : WindowLevel or None
        What the recipe asks for. Without it the file's own display counts, then level 40 and
        width 400 for CT, then the 1st and 99.5th percentile of the voxels that are image.

    Returns
    -------
    Display
        A file's polarity (MONOCHROME1) holds for every window.
    """
    inverted = volume.display is not None and volume.display.inverted
    if window is not None:
        return _around(window, inverted=inverted)
    if volume.display is not None:
        return volume.display
    if volume.family is Family.CT:
        return _around(CT_WINDOW, inverted=False)
    return _over_percentiles(volume)


def to_grey(volume: Volume, stored: NDArray[Any], display: Display) -> NDArray[np.uint8]:
    """Return some of a volume's voxels as 0 (black) to 255 (white), same shape.

    Parameters
    ----------
    volume : Volume
        Tells what the stored values mean.
    stored : ndarray
        Some of its voxels, a slice or so.
    display : Display
        The native interval shown; values beyond are black and white.

    Notes
    -----
    Padding, NaN and infinity are black, whatever the polarity.
    """
    grey = np.empty(stored.shape, np.uint8)
    step = max(1, _BLOCK // max(1, stored[:1].size))
    for start in range(0, stored.shape[0], step):
        block = slice(start, start + step)
        grey[block] = _block_to_grey(volume, stored[block], display)
    return grey


def _block_to_grey(volume: Volume, stored: NDArray[Any], display: Display) -> NDArray[np.uint8]:
    inside = volume.valid(stored)
    image = stored if inside is None else np.where(inside, stored, stored.dtype.type(0))
    grey = np.rint(display.share(volume.rescale.native(image)) * 255.0).astype(np.uint8)
    if inside is not None:
        grey[~inside] = 0
    return grey


def _around(window: WindowLevel, *, inverted: bool) -> Display:
    half = window.width / 2.0
    return Display(window.level - half, window.level + half, inverted)


def _over_percentiles(volume: Volume) -> Display:
    """Show what most voxels hold; all of it where most hold one value."""
    native = _sample(volume)
    if native.size == 0:
        return Display(0.0, 1.0)
    low, high = (float(value) for value in np.percentile(native, PERCENTILES))
    if not low < high:
        low, high = float(native.min()), float(native.max())
    if not low < high:  # one value everywhere: mid-grey
        half = max(0.5, abs(low) * 1e-6)
        low, high = low - half, high + half
    return Display(low, high)


def _sample(volume: Volume) -> NDArray[np.float64]:
    """Native values of every n-th valid voxel along each axis, two million at most."""
    step = max(1, int(np.ceil((volume.voxels.size / _SAMPLES) ** (1 / 3))))
    stored = volume.voxels[tuple(slice(min(step, n) // 2, None, step) for n in volume.voxels.shape)]
    inside = volume.valid(stored)
    return volume.rescale.native(stored.ravel() if inside is None else stored[inside])
