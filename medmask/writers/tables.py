"""Outcomes -> CSV that any spreadsheet opens and none runs."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections.abc import Iterable

from medmask.outcome import Outcome

COLUMNS = tuple(field.name for field in dataclasses.fields(Outcome))
CONVERT_COLUMNS = (*COLUMNS[:-2], "image")
_FORMULA = re.compile(r"^[=+@\t\r\n-]")


def scans_csv(outcomes: Iterable[Outcome]) -> bytes:
    """Return the table of a masking run, one row an outcome, sorted by source and id.

    Parameters
    ----------
    outcomes : iterable of Outcome

    Returns
    -------
    bytes
        UTF-8, RFC 4180; unknown values are empty cells.
    """
    return _table(COLUMNS, ([getattr(row, name) for name in COLUMNS] for row in _ordered(outcomes)))


def convert_csv(outcomes: Iterable[Outcome]) -> bytes:
    """Return the table of a conversion: the same columns, ``image`` in place of the last two.

    Parameters
    ----------
    outcomes : iterable of Outcome
        With the image's path in ``labels``.
    """
    names = (*COLUMNS[:-2], "labels")
    rows = ([getattr(row, name) for name in names] for row in _ordered(outcomes))
    return _table(CONVERT_COLUMNS, rows)


def _ordered(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return sorted(outcomes, key=lambda row: (row.source, row.scan_id))


def _table(header: tuple[str, ...], rows: Iterable[list[object]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8", "backslashreplace")


def _cell(value: object) -> str:
    """Return a cell's text; what a spreadsheet would take for a formula gets a leading quote."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, int):
        return str(value)
    text = ";".join(value) if isinstance(value, tuple) else str(value)
    text = text.replace("\n", " ").replace("\r", " ")
    return f"'{text}" if _FORMULA.match(text) else text
