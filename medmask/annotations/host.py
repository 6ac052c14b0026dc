"""A scan, as what annotations may have been drawn on."""

from __future__ import annotations

from dataclasses import dataclass

from medmask.annotations.patterns import Named
from medmask.scan import Scan


@dataclass(frozen=True)
class Host:
    """A scan and what annotations may name it by.

    Attributes
    ----------
    scan : Scan
    named : Named
        Its file, or the folder of its series.
    series : str
        Series Instance UID, empty unless it is DICOM.
    instances : frozenset of str
        SOP Instance UIDs.
    frame_of_reference : str
        Frame of Reference UID, empty if it is not stated.
    """

    scan: Scan
    named: Named
    series: str = ""
    instances: frozenset[str] = frozenset()
    frame_of_reference: str = ""
