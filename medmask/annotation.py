"""One thing that somebody drew onto a scan, laid onto the scan's own grid."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medmask.scan import AnnotationKind

OPAQUE = 255  # of an opacity
_HALF = 128  # an opacity from which on a voxel counts as marked: 0.5 and more


class Fit(StrEnum):
    """How an annotation's geometry stands to the scan's, where it can be drawn at all."""

    IDENTICAL = "identical"
    SNAPPED = "snapped"
    RESAMPLED = "resampled"
    PARTLY_OUTSIDE = "partly_outside"
    INDEX_FOR_INDEX = "index_for_index"


@dataclass(frozen=True)
class Verdict:
    """What was found when an annotation was held against the scan's grid.

    Attributes
    ----------
    fit : Fit
    message : str
        In words and millimetres.
    displacement_mm : float or None
        How far a corner of the annotation was moved at most; ``None`` without millimetres.
    volume_change : float or None
        Of what lies inside the scan, relative to its own volume; ``None`` where nothing was
        resampled.
    share_lost : float
        Of the annotation's own voxels, how many lie outside the scan, 0 to 1.
    """

    fit: Fit
    message: str
    displacement_mm: float | None = None
    volume_change: float | None = None
    share_lost: float = 0.0


@dataclass(frozen=True, eq=False)
class Annotation:
    """A named mask, or opacity, on a scan's grid.

    Attributes
    ----------
    name : str
        As its author called it.
    kind : AnnotationKind
    source : str
        Path below the input of the file that it comes from.
    voxels : ndarray of uint8 or uint16, shape (slices, rows, columns)
        Labels, which several annotations of one file may share, or opacities 0..255.
    value : int or None
        Which label it is; ``None`` where the voxels are opacities.
    verdict : Verdict
    colour : str or None
        ``#rrggbb`` if the author chose one.
    """

    name: str
    kind: AnnotationKind
    source: str
    voxels: NDArray[np.uint8] | NDArray[np.uint16]
    value: int | None
    verdict: Verdict
    colour: str | None = None

    def __post_init__(self) -> None:
        if self.voxels.dtype not in {np.dtype(np.uint8), np.dtype(np.uint16)}:
            raise ValueError(f"an annotation must be uint8 or uint16, got {self.voxels.dtype}")
        if self.value is None and self.voxels.dtype != np.uint8:
            raise ValueError(f"opacities must be uint8, got {self.voxels.dtype}")

    def mask(self, some: NDArray[Any]) -> NDArray[np.bool_]:
        """Return where some of the voxels are marked, same shape: its label, or half opaque.

        Parameters
        ----------
        some : ndarray
            All of `voxels` or a part, such as one slice.
        """
        return np.asarray(some >= _HALF if self.value is None else some == self.value)

    @property
    def voxel_count(self) -> int:
        """How many voxels are marked."""
        return sum(int(np.count_nonzero(self.mask(slab))) for slab in self.voxels)
