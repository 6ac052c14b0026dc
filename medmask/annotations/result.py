"""What reading one annotation's file comes to."""

from __future__ import annotations

from dataclasses import dataclass

from medmask.annotation import Annotation
from medmask.errors import ScanError
from medmask.outcome import ScanWarning


@dataclass(frozen=True, eq=False)
class Reading:
    """The annotations of one file on a scan's grid.

    Attributes
    ----------
    annotations : tuple of Annotation
        In the order of the file.
    warnings : tuple of ScanWarning
        What of the file was left out or assumed.
    refused : tuple of ScanError
        Why some of its marks cannot be drawn, though others can.
    """

    annotations: tuple[Annotation, ...]
    warnings: tuple[ScanWarning, ...] = ()
    refused: tuple[ScanError, ...] = ()
