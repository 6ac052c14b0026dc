"""Keep what lies within the body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from medmask.errors import ScanError
from medmask.grid import Grid
from medmask.morphology.packed import PackedMask
from medmask.morphology.step import Site
from medmask.outcome import ScanWarning


@dataclass(frozen=True)
class Within:
    """Remove all that is not in the body: a table is as dense as bone.

    Parameters
    ----------
    within : str
        ``body``, the finished mask of the body.
    """

    within: Literal["body"] = "body"

    def apply(self, mask: PackedMask, site: Site) -> PackedMask:
        """Return what mask and body have in common.

        Raises
        ------
        ScanError
            If there is no mask of the body yet.
        """
        if site.body is None:
            raise ScanError("within", "there is no mask of the body yet", "within: body for bone")
        return mask & site.body

    def warnings(self, grid: Grid) -> tuple[ScanWarning, ...]:
        """Return nothing: there is no grid on which this does less than it says."""
        del grid
        return ()
