"""The figures by which the scans of a cohort are compared."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from medmask.report.finding import Finding


@dataclass(frozen=True)
class Measure:
    """A figure that every scan of a group should have about alike.

    Attributes
    ----------
    key : str
        A stable word.
    name : str
        What it is called in a sentence.
    unit : str
        ``%`` for shares, which are held as 0..1; empty for counts.
    meaning : str
        One sentence for readers who have not read the source.
    value : callable
        Finding to the figure; ``None`` where it is unknown.
    slack : float
        A difference that does not matter. Of ratios it is a logarithm.
    ratio : bool
        Whether twice as much is as odd as half as much.
    only_high : bool
        Whether a small figure is never a reason for doubt.
    main : bool
        Whether the report draws it.
    """

    key: str
    name: str
    unit: str
    meaning: str
    value: Callable[[Finding], float | None]
    slack: float
    ratio: bool = False
    only_high: bool = False
    main: bool = True

    def compared(self, figure: float) -> float:
        """Return a figure on the axis on which differences are judged.

        One is added before the logarithm, so that a mask without a voxel has a place there: below
        1 ml or one piece nothing is twice as much as anything.
        """
        return math.log1p(max(figure, 0.0)) if self.ratio else figure

    def told(self, figure: float) -> str:
        """Write a figure with its unit."""
        if self.unit == "%":
            return f"{100 * figure:.1f} %"
        if self.unit == "level":
            return f"level {figure:.4g}".replace("-", "\N{MINUS SIGN}")
        digits = f"{figure:,.0f}" if abs(figure) >= 100 or not self.unit else f"{figure:,.1f}"
        return f"{digits} {self.unit}".rstrip().replace("-", "\N{MINUS SIGN}")


def _body_share(finding: Finding) -> float | None:
    row, voxels = finding.outcome, finding.voxels
    if row.soft_voxels is None or row.bone_voxels is None or not voxels:
        return None
    return (row.soft_voxels + row.bone_voxels) / voxels


def _body_ml(finding: Finding) -> float | None:
    row = finding.outcome
    return None if row.soft_ml is None or row.bone_ml is None else row.soft_ml + row.bone_ml


def _bone_share(finding: Finding) -> float | None:
    row = finding.outcome
    if row.bone_level is None or row.soft_voxels is None or row.bone_voxels is None:
        return None
    body = row.soft_voxels + row.bone_voxels
    return row.bone_voxels / body if body else None


def _bone_ml(finding: Finding) -> float | None:
    return None if finding.outcome.bone_level is None else finding.outcome.bone_ml


def _change(finding: Finding) -> float | None:
    thresholds = (finding.account.soft_threshold, finding.account.bone_threshold)
    return max((t.change for t in thresholds if t.change is not None), default=None)


def _faces(finding: Finding) -> float | None:
    masks = (finding.account.soft_tissue, finding.account.bone)
    if all(mask.voxels is None for mask in masks):
        return None
    return len({face for mask in masks for face in mask.border})


def _hounsfield(mask: str) -> Callable[[Finding], float | None]:
    def mean(finding: Finding) -> float | None:
        if finding.outcome.modality != "CT":
            return None
        value: float | None = getattr(finding.account, mask).native_mean
        return value

    return mean


MEASURES: Final = (
    Measure(
        "body_share", "share of the image that is body", "%",
        "Soft tissue and bone together, of all voxels.", _body_share, 0.05,
    ),
    Measure(
        "body_ml", "body volume", "ml",
        "Soft tissue and bone together.", _body_ml, math.log(1.25), ratio=True,
    ),
    Measure(
        "bone_ml", "bone volume", "ml",
        "What was labelled bone.", _bone_ml, math.log(1.25), ratio=True,
    ),
    Measure(
        "bone_share", "share of the body that is bone", "%",
        "Bone, of soft tissue and bone together.", _bone_share, 0.02,
    ),
    Measure(
        "soft_level", "soft-tissue threshold", "level",
        "On the scale of 0 to 255 on which radiographs are measured.",
        lambda finding: finding.outcome.soft_level, 2.0,
    ),
    Measure(
        "bone_level", "bone threshold", "level",
        "On the scale of 0 to 255 on which radiographs are measured.",
        lambda finding: finding.outcome.bone_level, 2.0,
    ),
    Measure(
        "change", "change of a mask over two levels", "%",
        "By how much moving a threshold by two levels changes its mask: large is unstable.",
        _change, 0.05, only_high=True,
    ),
    Measure(
        "pieces", "separate pieces of bone", "",
        "Parts of the bone mask that do not touch.",
        lambda finding: finding.account.bone.components, math.log(1.5), ratio=True, main=False,
    ),
    Measure(
        "faces", "faces of the image that the body touches", "",
        "Where a mask reaches the edge of the image it may be cut off, or be no body at all.",
        _faces, 1.0, only_high=True, main=False,
    ),
    Measure(
        "soft_mean", "mean of soft tissue", "HU",
        "Of CT alone: other scanners' values are not comparable.", _hounsfield("soft_tissue"), 25.0,
        main=False,
    ),
    Measure(
        "bone_mean", "mean of bone", "HU",
        "Of CT alone: other scanners' values are not comparable.", _hounsfield("bone"), 40.0,
    ),
)  # fmt: skip
