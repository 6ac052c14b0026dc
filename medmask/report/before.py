"""Results beside those that they replaced because of a rating."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from medmask.report.account import Account, MaskAccount
from medmask.report.finding import Finding
from medmask.report.rated import BEFORE, BEFORE_THUMB
from medmask.report.ratings import Rating, latest
from medmask.report.row import UNKNOWN, shown

_LABELS: Final = "labels.nii.gz"


@dataclass(frozen=True)
class Change:
    """One figure, before and after, with its unit."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Pair:
    """One scan's results.

    Attributes
    ----------
    finding : Finding
        What is there now.
    name : str
        What people look for the scan by, as a page can show it.
    before, after : str
        Paths of thumbnails below the output; empty if there is none.
    recipe : str
        Of the earlier result.
    said : tuple of str
        What people said of it.
    changes : tuple of Change
    same_masks : bool
        Whether the label maps are the same bytes.
    """

    finding: Finding
    name: str
    before: str
    after: str
    recipe: str
    said: tuple[str, ...]
    changes: tuple[Change, ...]
    same_masks: bool


def pairs_of(
    output: Path, findings: Sequence[Finding], ratings: Sequence[Rating]
) -> tuple[Pair, ...]:
    """Return the scans that were masked anew, in the order of the findings.

    Parameters
    ----------
    output : Path
    findings : sequence of Finding
    ratings : sequence of Rating
        All lines of the table.
    """
    kept = output / BEFORE
    if not kept.is_dir():
        return ()
    names = {path.name for path in kept.iterdir()}
    again = (each for each in findings if each.outcome.scan_id in names)
    pairs = (_pair(each, kept, ratings) for each in again)
    return tuple(pair for pair in pairs if pair is not None)


def _pair(finding: Finding, kept: Path, ratings: Sequence[Rating]) -> Pair | None:
    name, now = finding.outcome.scan_id, finding.account
    earlier = Account.read(kept / name)
    if not earlier.outputs or earlier == now:
        return None
    thumb = f"{BEFORE}/{name}/{BEFORE_THUMB}"
    about = (name, earlier.recipe_sha256, earlier.inputs_sha256)
    said = (one for one in latest(ratings) if one.about == about and (one.rating or one.note))
    return Pair(
        finding=finding,
        name=shown(finding.names[0]),
        before=thumb if (kept / name / BEFORE_THUMB).is_file() else "",
        after=finding.thumb,
        recipe=earlier.recipe,
        said=tuple(_words(one) for one in said),
        changes=tuple(_changes(earlier, now)),
        same_masks=earlier.outputs.get(_LABELS) == now.outputs.get(_LABELS),
    )


def _words(rating: Rating) -> str:
    note = f" ({rating.note})" if rating.note else ""
    return shown(f"{rating.rater or 'unnamed'}: {rating.rating or 'note'}{note}")


def _changes(earlier: Account, now: Account) -> Iterator[Change]:
    masks = (
        ("bone", earlier.bone, now.bone),
        ("soft tissue", earlier.soft_tissue, now.soft_tissue),
    )
    for name, *two in masks:
        yield Change(name, *map(_amount, two))
    levels = (
        ("bone threshold", earlier.bone_threshold.level, now.bone_threshold.level),
        ("soft-tissue threshold", earlier.soft_threshold.level, now.soft_threshold.level),
    )
    for name, *numbers in levels:
        yield Change(name, *(UNKNOWN if n is None else f"level {n:.4g}" for n in numbers))


def _amount(mask: MaskAccount) -> str:
    if mask.volume_ml is not None:
        return f"{mask.volume_ml:,.1f} ml"
    return UNKNOWN if mask.voxels is None else f"{mask.voxels:,} px"
