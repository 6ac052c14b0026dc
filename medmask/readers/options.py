"""What a reader may assume, and how much it may take."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Final, Literal

from medmask.scan import Scan
from medmask.volume import known_modality

ANNOTATION_NAMES: Final = (
    *("{stem}_{mark}*", "{stem}-{mark}*", "{stem}.{mark}*"),
    *("{base}_{mark}*", "{base}-{mark}*"),
    *("../{mark}/{stem}", "../{mark}/{base}", "{mark}/{stem}", "{mark}/{base}"),
    *("../labelsTr/{stem}", "../labelsTr/{base}", "../labelsTs/{stem}", "../labelsTs/{base}"),
    "segmentations/*",
)
_PLACES: Final = re.compile(r"\{(?!(?:stem|base|mark)\})[^}]*\}?")


@dataclass(frozen=True)
class ReadOptions:
    """How scans are read: the ``input`` block of a recipe.

    Attributes
    ----------
    modality : str
        DICOM's word, in any case, for files that do not state theirs, or ``auto``.
    stacks : bool
        Whether the pictures of a folder are slices of one scan, in the natural order of names.
    spacing_mm : tuple of float or None
        Spacing along (slice, row, column) in mm of pictures, which have none themselves: the
        distance of slices, of rows, of columns.
    time_series : {"skip", "first", "mean", "each"}
        What becomes of several volumes in one file: ``skip`` fails the scan as `TimeSeries`,
        ``first`` takes the first one, ``mean`` their mean as float32, ``each`` makes each volume a
        scan of its own.
    irregular : {"resample", "refuse"}
        What becomes of unevenly spaced slices: ``resample`` puts them onto an even grid of the
        smallest step by linear interpolation, and bridges no gap of more than three steps.
    annotations : tuple of str
        Names of annotations relative to their scan's folder, without the ending of a format:
        ``{stem}`` is the scan's name, ``{base}`` the name without a last word such as ``_image``
        or ``_0000``, ``{mark}`` a word such as ``seg``, ``mask`` or ``label``, ``*`` anything.
    largest_bytes : int
        The most memory that the voxels of one scan may take.

    Raises
    ------
    ValueError
        For what cannot be.
    """

    modality: str = "auto"
    stacks: bool = False
    spacing_mm: tuple[float, float, float] | None = None
    time_series: Literal["skip", "first", "mean", "each"] = "skip"
    irregular: Literal["resample", "refuse"] = "resample"
    annotations: tuple[str, ...] = ANNOTATION_NAMES
    largest_bytes: int = 16 * 2**30

    def __post_init__(self) -> None:
        try:
            known_modality(self.modality)
        except ValueError as error:
            raise ValueError(f"modality {error}") from error
        if self.spacing_mm is not None and not all(
            math.isfinite(step) and step > 0 for step in self.spacing_mm
        ):
            raise ValueError(f"spacing_mm must be three positive lengths, got {self.spacing_mm}")
        if self.irregular not in {"resample", "refuse"}:
            raise ValueError(f"irregular: {self.irregular} is not known; resample or refuse is")
        for pattern in self.annotations:
            unknown = _PLACES.search(pattern)
            if unknown or pattern.count("*") > 1 or pattern.startswith("/"):
                raise ValueError(
                    f"the annotation name {pattern!r}; accepted: a name relative to the scan's "
                    "folder with {stem}, {base}, {mark} and at most one *"
                )
        if self.largest_bytes < 1:
            raise ValueError(f"largest_bytes must be positive, got {self.largest_bytes}")

    def stated_modality(self) -> str:
        """Return the modality that was stated, empty for ``auto``."""
        known = known_modality(self.modality)
        return "" if known == "auto" else known


def options_for(scan: Scan, options: ReadOptions) -> ReadOptions:
    """Refuse gaps beside a file that cannot be read: what lay there is lost, not left out."""
    if any(warning.code == "damaged_file_beside" for warning in scan.warnings):
        return replace(options, irregular="refuse")
    return options
