"""One slice as it is stored, pixel for pixel, with its layers and nothing else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medmask.overlay.compose import compose
from medmask.overlay.planes import FILM
from medmask.overlay.tile import Subject, layers_of
from medmask.overlay.window import to_grey


def film(subject: Subject, at: int = 0) -> NDArray[np.uint8]:
    """Draw a slice at its own size, not turned.

    Parameters
    ----------
    subject : Subject
    at : int
        Index of the slice.

    Returns
    -------
    ndarray of uint8, shape (rows, columns, 3)
    """
    volume = subject.volume
    grey = to_grey(volume, volume.voxels[at], subject.display)
    _, down, right = (1 / float(step) for step in volume.grid.steps)  # steps of 1 without mm
    size = (grey.shape[1], grey.shape[0])
    return compose(grey, layers_of(subject, FILM, at, size), (down, right))
