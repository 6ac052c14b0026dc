"""What a step of morphology is: a mask in, a mask out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from medmask.grid import Grid
from medmask.morphology.packed import PackedMask
from medmask.outcome import ScanWarning
from medmask.volume import Volume


@dataclass(frozen=True, eq=False)
class Site:
    """Where a step works.

    Attributes
    ----------
    grid : Grid
        The mask's grid.
    body : PackedMask or None
        The finished mask of the body, once there is one.
    volume : Volume or None
        The scan itself, for steps that look at intensities.
    """

    grid: Grid
    body: PackedMask | None = None
    volume: Volume | None = None


class Step(Protocol):
    """A change of a mask; its fields are its parameters.

    Masks stay packed from one step to the next.
    """

    def apply(self, mask: PackedMask, site: Site) -> PackedMask:
        """Return the changed mask; the one given stays as it is.

        Parameters
        ----------
        mask : PackedMask
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
