"""A scan small enough for a wall of thousands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medmask.labels import Label, LabelMap
from medmask.overlay.choose import Profiles, choose_slices
from medmask.overlay.planes import FILM, Plane, planes_of
from medmask.overlay.sheet import PAPER
from medmask.overlay.tile import Subject, Tile, draw_tile

CELL_PX = 168  # the side of the square that a plane's picture fills
FILM_PX = (240, 360)  # rows and columns that a film's picture fills
_GAP_PX = 4
_SAMPLES = 64  # along an axis, to find the middle of what was found


def thumbnail(subject: Subject) -> NDArray[np.uint8]:
    """Draw a scan with its layers in a few hundred pixels.

    Parameters
    ----------
    subject : Subject

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        Of a film the whole of it. Of a volume the axial, coronal and sagittal slice through the
        middle of what was found, side by side, each as large as its square allows.
    """
    grid = subject.volume.grid
    if grid.is_2d:
        return _fitted(subject, FILM, 0, FILM_PX).rgb
    cells = np.full((CELL_PX, 3 * CELL_PX + 2 * _GAP_PX, 3), PAPER, np.uint8)
    for column, plane in enumerate(planes_of(grid)):
        (at,) = choose_slices(_content(subject.labels, plane.normal.index), plane, 1)
        rgb = _fitted(subject, plane, at, (CELL_PX, CELL_PX)).rgb
        high, wide = rgb.shape[:2]
        top = (CELL_PX - high) // 2
        left = column * (CELL_PX + _GAP_PX) + (CELL_PX - wide) // 2
        cells[top : top + high, left : left + wide] = rgb
    return cells


def _fitted(subject: Subject, plane: Plane, at: int, box: tuple[int, int]) -> Tile:
    high, wide = plane.extent(subject.volume.grid)
    return draw_tile(subject, plane, at, min(box[0] / high, box[1] / wide))


def _content(labels: LabelMap, axis: int) -> Profiles:
    """Return about how much bone and how much soft tissue lies at each index of an axis."""
    along = np.moveaxis(labels.voxels, axis, 0)
    sample = along[(slice(None), *(slice(None, None, 1 + n // _SAMPLES) for n in along.shape[1:]))]
    return tuple(
        np.count_nonzero(sample == label, axis=(1, 2)) for label in (Label.BONE, Label.SOFT_TISSUE)
    )
