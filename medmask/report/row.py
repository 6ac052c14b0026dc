"""One judged scan as a row of the page's data: finished texts, and keys to sort by."""

from __future__ import annotations

import glob
import re
import shlex
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import quote

from medmask.errors import TimedOut, TooLarge, WorkerDied, WriteFailed
from medmask.outcome import Outcome, Status
from medmask.report.finding import Finding
from medmask.report.triage import Judged

UNKNOWN = "\N{EN DASH}"
_TIMES = " \N{MULTIPLICATION SIGN} "
_NO_BYTE = re.compile(r"[\ud800-\udc7f\udd00-\udfff]")  # surrogates that stand for no byte
_PASSING: Final = frozenset(cls.code for cls in (TimedOut, TooLarge, WorkerDied, WriteFailed))

Value: TypeAlias = "str | int | float | list[Value] | None"
COLUMNS: Final = (
    "id", "key", "inputs", "recipe", "status", "group", "groups", "study", "modality",
    "message", "retry", "notes", "thumb", "page", "labels",
    "source", "kind", "size", "soft_threshold", "bone_threshold", "soft", "bone", "seconds",
)  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A cell that can be sorted by.

    Attributes
    ----------
    lines : tuple of str
        What is shown, the figure first; none if it is not known.
    sort, then : str, float or None
        What the column is sorted by, and what among equals; None comes last.
    """

    lines: tuple[str, ...] = ()
    sort: str | float | None = None
    then: float | None = None

    @property
    def value(self) -> list[Value]:
        """The cell as plain data, without what is unknown at its end."""
        known: list[Value] = [list(self.lines), self.sort, self.then]
        while known[-1] is None:
            known.pop()
        return known


def row_of(judged: Judged, recipe: int | None, command: str) -> list[Value]:
    """Return a row, in the order of `COLUMNS`.

    Parameters
    ----------
    judged : Judged
    recipe : int or None
        Where the page's list of recipes holds the scan's own.
    command : str
        See `medmask.report.facts.RunFacts`.
    """
    finding, row = judged.finding, judged.finding.outcome
    return [
        row.scan_id,
        finding.rating_key,
        finding.inputs_sha256,
        recipe,
        str(row.status),
        judged.group,
        " ".join(_groups(judged)),
        shown(row.study_id),
        row.modality,
        shown(row.message),
        retry(row, command),
        _notes(judged),
        address(finding.thumb),
        scan_page(row.scan_id),
        address(row.labels),
        *(cell.value for cell in cells_of(finding).values()),
    ]


def cells_of(finding: Finding) -> dict[str, Cell]:
    """Return the last columns of a row by their names.

    Parameters
    ----------
    finding : Finding
    """
    row, voxels = finding.outcome, finding.voxels
    names = tuple(shown(name) for name in finding.names)
    kind = tuple(filter(None, (row.modality, row.format)))
    return {
        "source": Cell(names, names[0]),
        "kind": Cell(kind, " ".join(kind)),
        "size": _size(row, voxels),
        "soft_threshold": _threshold(row.soft_level, row.soft_native, row.modality),
        "bone_threshold": _threshold(row.bone_level, row.bone_native, row.modality),
        "soft": _amount(row.soft_ml, row.soft_voxels, voxels),
        "bone": _amount(row.bone_ml, row.bone_voxels, voxels),
        "seconds": Cell() if row.seconds is None else Cell((f"{row.seconds:.1f} s",), row.seconds),
    }


def scan_page(scan_id: str) -> str:
    """Return the address of a scan's page, seen from the report's folder."""
    return address(f"scans/{scan_id}.html").removeprefix("../")


def shown(text: str) -> str:
    r"""Return a text as a page can hold it: bytes that are not UTF-8 become ``\udcXX``."""
    return text.encode("utf-8", "backslashreplace").decode()


def address(path: str) -> str:
    """Return the address of a file of the output, seen from its report folder; empty for none."""
    if not path:
        return ""
    return f"../{quote(_NO_BYTE.sub('?', path), errors='surrogateescape')}"


def retry(outcome: Outcome, command: str) -> str:
    """Return the command that tries a failure again although its file is the same; empty for none.

    Examples
    --------
    >>> failure = Outcome("a", "a", "my scan.nii", "nifti", status=Status.FAILED, code="truncated")
    >>> retry(failure, "medmask run INPUT OUTPUT")
    "medmask run INPUT OUTPUT --retry-failed --only 'my scan.nii'"
    """
    if outcome.status is not Status.FAILED:
        return ""
    again = "" if outcome.code in _PASSING else " --retry-failed"
    return f"{command}{again} --only {shlex.quote(glob.escape(shown(outcome.source)))}"


def _notes(judged: Judged) -> list[Value]:
    """Return what is said of a scan: kind, code, and the sentence if it has one of its own."""
    row = judged.finding.outcome
    reasons: list[Value] = [["reason", row.code, ""]] if row.code else []
    flags: list[Value] = [["flag", d.code, shown(d.sentence)] for d in judged.doubts]
    warnings: list[Value] = [["warning", code, ""] for code in row.warnings]
    return [*reasons, *flags, *warnings]


def _groups(judged: Judged) -> tuple[str, ...]:
    """Return all groups that a reader may find the scan in."""
    row = judged.finding.outcome
    kinds = (("flagged", judged.doubts), ("warned", row.warnings))
    return (str(row.status), *(name for name, codes in kinds if codes))


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
    return Cell((f"level {_number(level)}", f"{_number(native)}{unit}"), round(native, 3))


def _amount(ml: float | None, counted: int | None, voxels: int | None) -> Cell:
    """Show a volume in ml, or in pixels where millimetres are unknown, and its share."""
    if counted is None:
        return Cell()
    main = f"{counted:,} px" if ml is None else f"{ml:,.1f} ml"
    share = (f"{100 * counted / voxels:.1f} %",) if voxels else ()
    return Cell((main, *share), None if ml is None else round(ml, 3), counted)


def _number(value: float) -> str:
    """Write a number with three decimals at most and a true minus sign."""
    return f"{round(value, 3):,.10g}".replace("-", "\N{MINUS SIGN}")
