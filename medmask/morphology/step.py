"""What a step of morphology is: a mask in, a mask out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from medmask.errors import NotHounsfield
from medmask.grid import Grid
from medmask.morphology.packed import PackedMask
from medmask.outcome import ScanWarning
from medmask.volume import Family, Volume


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

    def ct(self, step: str, accepted: str) -> Volume:
        """Return the scan for a step that looks at HU.

        Parameters
        ----------
        step, accepted : str
            The step's word, and what it takes, for the error.

        Raises
        ------
        NotHounsfield
            If the scan is no CT.
        """
        if self.volume is None or self.volume.family is not Family.CT:
            found = "no volume" if self.volume is None else f"a {self.volume.modality}"
            raise NotHounsfield(step, found, accepted)
        return self.volume


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
