"""What an annotation's file holds, on its own grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medmask.grid import Grid
from medmask.outcome import ScanWarning

Sheet = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True)
class Mark:
    """One named thing of a drawing.

    Attributes
    ----------
    name : str
    sheet : int
        On which of the drawing's sheets it is.
    value : int or None
        Its label there; ``None`` where the sheet holds opacities.
    colour : str or None
        ``#rrggbb``.
    """

    name: str
    sheet: int
    value: int | None
    colour: str | None = None


@dataclass(frozen=True, eq=False)
class Drawing:
    """Named marks on sheets of one grid.

    Attributes
    ----------
    grid : Grid
    sheets : tuple of ndarray of uint8 or uint16, shape (slices, rows, columns)
        Labels with 0 for nothing, or opacities 0..255. Marks that overlap lie on different ones.
    marks : tuple of Mark
    warnings : tuple of ScanWarning
    """

    grid: Grid
    sheets: tuple[Sheet, ...]
    marks: tuple[Mark, ...]
    warnings: tuple[ScanWarning, ...] = ()
