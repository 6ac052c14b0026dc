"""A scan's headers -> the memory and time that it will take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from medmask.errors import ScanError
from medmask.readers import ReadOptions
from medmask.readers.survey import survey
from medmask.scan import Scan

# Fitted by `python -m benchmarks.memory`, rounded up so that none of its cases lies above.
CHILD_MB: Final = 220.0
BYTES_PER_VOXEL: Final = 3.0  # beside the voxels; 1.2 are usual, noise in many parts takes more
SECONDS_PER_SCAN: Final = 0.1
SECONDS_PER_MEGAVOXEL: Final = 0.06
_MEGA: Final = 2**20


@dataclass(frozen=True)
class Forecast:
    """What one scan is expected to take.

    Attributes
    ----------
    memory_mb : float
        Peak of the resident memory of the process that works on it, in MB (2**20 bytes).
    seconds : float
        On the machine on which the coefficients were measured.
    """

    memory_mb: float = CHILD_MB
    seconds: float = SECONDS_PER_SCAN


def forecast(scan: Scan, options: ReadOptions) -> Forecast:
    """Predict from a scan's headers alone.

    Parameters
    ----------
    scan : Scan
        Its headers are read unless it has an extent already.
    options : ReadOptions

    Returns
    -------
    Forecast
        Of a scan that headers already refuse: what a child takes at rest, as it fails at once.
    """
    try:
        extent = scan.extent or survey(scan, options).extent
    except (ScanError, OSError):
        return Forecast()
    each = BYTES_PER_VOXEL + _annotation_bytes(scan)
    return Forecast(
        round(CHILD_MB + (extent.voxel_bytes + each * extent.voxels) / _MEGA, 1),
        round(SECONDS_PER_SCAN + SECONDS_PER_MEGAVOXEL * extent.voxels / _MEGA, 3),
    )


def _annotation_bytes(scan: Scan) -> int:
    """Return what annotations take of each voxel: a sheet of labels a file, and one being drawn."""
    return len(scan.annotations) + 2 if scan.annotations else 0
