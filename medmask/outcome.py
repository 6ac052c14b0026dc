"""What became of one scan, as one flat record: a row of ``scans.csv``, a line of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The three ways in which a scan can end."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class ScanWarning:
    """A coded fact about a scan that was processed all the same.

    Attributes
    ----------
    code : str
        A stable lower-case word.
    message : str
        One sentence: what was found and what was done about it.
    """

    code: str
    message: str


@dataclass(frozen=True)
class Flag:
    """A coded doubt about a scan's result.

    Attributes
    ----------
    code : str
        A stable lower-case word.
    message : str
        One sentence that tells a reviewer where to look.
    """

    code: str
    message: str


@dataclass(frozen=True)
class Outcome:
    """One scan's line in the account; the fields are the table's columns, in their order.

    Empty text and ``None`` mean "unknown" or "does not apply". Lengths are in mm, volumes in ml,
    intensities in native values (HU for CT), ``soft_level`` and ``bone_level`` on the 0..255 scale.
    """

    scan_id: str
    study_id: str
    source: str
    format: str
    modality: str = ""
    status: Status = Status.DONE
    code: str = ""
    message: str = ""
    warnings: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    columns: int | None = None
    rows: int | None = None
    slices: int | None = None
    spacing_x_mm: float | None = None
    spacing_y_mm: float | None = None
    spacing_z_mm: float | None = None
    native_min: float | None = None
    native_max: float | None = None
    scale: str = ""
    soft_level: float | None = None
    bone_level: float | None = None
    soft_native: float | None = None
    bone_native: float | None = None
    soft_voxels: int | None = None
    bone_voxels: int | None = None
    soft_ml: float | None = None
    bone_ml: float | None = None
    annotations: int = 0
    attempts: int = 1
    seconds: float | None = None
    peak_rss_mb: float | None = None
    labels: str = ""
    overlay: str = ""
