"""What a step of morphology is: a mask in, a mask out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from medmask.grid import Grid
from medmask.outcome import ScanWarning


@dataclass(frozen=True, eq=False)
class Site:
    """Where a step works.

    Attributes
    ----------
    grid : Grid
        The mask's grid.
    body : ndarray of bool, shape (slices, rows, columns), or None
        The finished mask of the body, once there is one.
    """

    grid: Grid
    body: NDArray[np.bool_] | None = None


class Step(Protocol):
    """A change of a mask; its fields are its parameters."""

    def apply(self, mask: NDArray[np.bool_], site: Site) -> NDArray[np.bool_]:
        """Return the changed mask; the one given stays as it is.

        Parameters
        ----------
        mask : ndarray of bool, shape (slices, rows, columns)
        site : Site

        Raises
        ------
        NoSpacing
            If a length or volume in mm is asked for and the grid has none.
        """
        ...

    def warnings(self, grid: Grid) -> tuple[ScanWarning, ...]:
        """Tell what the step cannot do on a grid, and leaves undone."""
        ...
