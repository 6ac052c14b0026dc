"""One outcome as a row of the report: finished texts, and keys to sort by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from medmask.outcome import Outcome, Status
from medmask.report.words import Term

UNKNOWN = "\N{EN DASH}"
_TIMES = " \N{MULTIPLICATION SIGN} "
_GROUPS = ("failed", "flagged", "warned", "done", "skipped")  # the order of the report
_NO_BYTE = re.compile(r"[\ud800-\udc7f\udd00-\udfff]")  # surrogates that stand for no byte


@dataclass(frozen=True)
class Cell:
    """A cell with figures.

    Attributes
    ----------
    lines : tuple of str
        What is shown, the figure first.
    sort, then : float or None
        What the column is sorted by, and what among equals; None comes last.
    """

    lines: tuple[str, ...] = (UNKNOWN,)
    sort: float | None = None
    then: float | None = None

    @property
    def is_unknown(self) -> bool:
        """Whether there is nothing to show."""
        return self.lines == (UNKNOWN,)


@dataclass(frozen=True)
class Row:
    """One scan, ready to be shown.

    Attributes
    ----------
    outcome : Outcome
    group : str
        ``failed``, ``flagged``, ``warned``, ``done`` or ``skipped``: what matters most.
    rank : int
        The group's place in the report.
    groups : str
        All groups that the scan belongs to, separated by blanks.
    reason : Term or None
        Why there is no result.
    warnings, flags : tuple of Term
    size, soft_threshold, bone_threshold, soft, bone, seconds : Cell
    picture, labels : str
        Addresses relative to the report, escaped; empty if there is no such file.
    """

    outcome: Outcome
    group: str
    rank: int
    groups: str
    reason: Term | None
    warnings: tuple[Term, ...]
    flags: tuple[Term, ...]
    size: Cell
    soft_threshold: Cell
    bone_threshold: Cell
    soft: Cell
    bone: Cell
    seconds: Cell
    picture: str
    labels: str

    @property
    def has_figures(self) -> bool:
        """Whether there is anything to put into the columns of figures."""
        return self.outcome.status is Status.DONE


def rows_of(outcomes: Sequence[Outcome]) -> list[Row]:
    """Return a row for each outcome: failures, doubts, warnings, the rest, then what is no scan."""
    rows = [_row(outcome) for outcome in outcomes]
    return sorted(rows, key=lambda row: (row.rank, row.outcome.source, row.outcome.scan_id))


def _row(outcome: Outcome) -> Row:
    groups = _groups(outcome)
    voxels = _voxels(outcome)
    return Row(
        outcome=outcome,
        group=groups[0],
        rank=_GROUPS.index(groups[0]),
        groups=" ".join(groups),
        reason=Term.of(outcome.code) if outcome.code else None,
        warnings=tuple(Term.of(code) for code in outcome.warnings),
        flags=tuple(Term.of(code) for code in outcome.flags),
        size=_size(outcome, voxels),
        soft_threshold=_threshold(outcome.soft_level, outcome.soft_native, outcome.modality),
        bone_threshold=_threshold(outcome.bone_level, outcome.bone_native, outcome.modality),
        soft=_amount(outcome.soft_ml, outcome.soft_voxels, voxels),
        bone=_amount(outcome.bone_ml, outcome.bone_voxels, voxels),
        seconds=_seconds(outcome.seconds),
        picture=_address(outcome.overlay),
        labels=_address(outcome.labels),
    )


def _groups(outcome: Outcome) -> tuple[str, ...]:
    if outcome.status is not Status.DONE:
        return (str(outcome.status),)
    doubts = (("flagged", outcome.flags), ("warned", outcome.warnings))
    return (*(name for name, codes in doubts if codes), "done")


def _address(path: str) -> str:
    """Return the address of a file of the output, seen from its report folder."""
    if not path:
        return ""
    return f"../{quote(_NO_BYTE.sub('?', path), errors='surrogateescape')}"


def _voxels(outcome: Outcome) -> int | None:
    if outcome.columns is None or outcome.rows is None or outcome.slices is None:
        return None
    return outcome.columns * outcome.rows * outcome.slices


def _size(outcome: Outcome, voxels: int | None) -> Cell:
    if voxels is None:
        return Cell()
    extents = [outcome.columns, outcome.rows]
    spacing = [outcome.spacing_x_mm, outcome.spacing_y_mm]
    if outcome.slices != 1:
        extents.append(outcome.slices)
        spacing.append(outcome.spacing_z_mm)
    pixels = _TIMES.join(str(extent) for extent in extents)
    if all(step is None for step in spacing):
        return Cell((pixels, "mm unknown"), voxels)
    steps = _TIMES.join("?" if step is None else f"{step:.3g}" for step in spacing)
    return Cell((pixels, f"{steps} mm"), voxels)


def _threshold(level: float | None, native: float | None, modality: str) -> Cell:
    if level is None or native is None:
        return Cell()
    unit = " HU" if modality == "CT" else " native"
    return Cell((f"level {_number(level)}", f"{_number(native)}{unit}"), native)


def _amount(ml: float | None, counted: int | None, voxels: int | None) -> Cell:
    """Show a volume in ml, or in pixels where millimetres are unknown, and its share."""
    if counted is None:
        return Cell()
    main = f"{counted:,} px" if ml is None else f"{ml:,.1f} ml"
    share = (f"{100 * counted / voxels:.1f} %",) if voxels else ()
    return Cell((main, *share), ml, counted)


def _seconds(seconds: float | None) -> Cell:
    return Cell() if seconds is None else Cell((f"{seconds:.1f} s",), seconds)


def _number(value: float) -> str:
    """Write a number with three decimals at most and a true minus sign."""
    return f"{round(value, 3):,.10g}".replace("-", "\N{MINUS SIGN}")
