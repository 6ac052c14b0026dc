"""What a reader may assume, and how much it may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ReadOptions:
    """How scans are read: the ``input`` block of a recipe.

    Attributes
    ----------
    modality : str
        DICOM's word for files that do not state theirs, or ``auto``.
    stacks : bool
        Whether numbered pictures of a folder are slices of one scan.
    spacing_mm : tuple of float or None
        Spacing along (slice, row, column) in mm of pictures, which have none themselves.
    time_series : {"skip", "first", "mean", "each"}
        What becomes of several volumes in one file.
    irregular : {"resample", "refuse"}
        What becomes of unevenly spaced slices. Both refuse them so far.
    largest_bytes : int
        The most memory that the voxels of one scan may take.

    Raises
    ------
    ValueError
        For what is not served yet: stacks, a given spacing, time series other than ``skip``.
    """

    modality: str = "auto"
    stacks: bool = False
    spacing_mm: tuple[float, float, float] | None = None
    time_series: Literal["skip", "first", "mean", "each"] = "skip"
    irregular: Literal["resample", "refuse"] = "resample"
    largest_bytes: int = 16 * 2**30

    def __post_init__(self) -> None:
        if self.stacks:
            raise ValueError("stacks: true is not served yet; every picture is a scan of its own")
        if self.spacing_mm is not None:
            raise ValueError("spacing_mm is not served yet; pictures have no millimetres")
        if self.time_series != "skip":
            raise ValueError(
                f"time_series: {self.time_series} is not served yet; only `skip` is, "
                "and files with several volumes are refused"
            )
        if self.irregular not in {"resample", "refuse"}:
            raise ValueError(f"irregular: {self.irregular} is not known; resample or refuse is")
        if self.largest_bytes < 1:
            raise ValueError(f"largest_bytes must be positive, got {self.largest_bytes}")

    def stated_modality(self) -> str:
        """Return the modality that was stated, empty for ``auto``."""
        return "" if self.modality == "auto" else self.modality
