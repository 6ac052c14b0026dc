"""``ratings.csv``: what people say of results, one line each time they say it."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from medmask.errors import RequestError, WriteFailed

RATINGS: Final = "ratings.csv"
_FORMULA = re.compile(r"^[=+@\t\r\n-]")  # what a spreadsheet would run
_QUOTED = re.compile(r"^'(?=[=+@\t\r\n-])")
_BREAKS = re.compile(r"[\r\n\x00]+")


class Verdict(StrEnum):
    """What is said of a result; nothing takes back what was said before."""

    PASS = "pass"  # noqa: S105 - a word, not a password
    DOUBTFUL = "doubtful"
    FAIL = "fail"
    NONE = ""


def _plain(text: object) -> object:
    return _BREAKS.sub(" ", text) if isinstance(text, str) else text


_Text = Annotated[str, BeforeValidator(_plain)]
_Digest = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]


class Rating(BaseModel):
    """One line: the columns of the table, in their order.

    Attributes
    ----------
    scan_id, rating, note, rater, time : str
        Time in UTC, ISO 8601.
    recipe_sha256, inputs_sha256 : str
        Of the result that was looked at; empty if it had none.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    scan_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,200}$")]  # a folder's name
    rating: Verdict
    note: Annotated[_Text, Field(max_length=500)] = ""
    rater: Annotated[_Text, Field(max_length=80)] = ""
    time: Annotated[_Text, Field(max_length=40)] = ""
    recipe_sha256: _Digest = ""
    inputs_sha256: _Digest = ""

    @property
    def about(self) -> tuple[str, str, str]:
        """Which result it is about."""
        return self.scan_id, self.recipe_sha256, self.inputs_sha256


COLUMNS: Final = tuple(Rating.model_fields)


@dataclass(frozen=True)
class Said:
    """What a report knows of ratings when it is drawn.

    Attributes
    ----------
    ratings : tuple of Rating
        All lines, in their order.
    trouble : str
        Why the table could not be understood; empty if it could, or if there is none.
    """

    ratings: tuple[Rating, ...] = ()
    trouble: str = ""

    @classmethod
    def of(cls, output: Path) -> Said:
        """Read the table of an output; one that is not understood must not cost the report."""
        try:
            return cls(read_ratings(output / RATINGS))
        except RequestError as error:
            return cls(trouble=str(error))


def read_ratings(path: Path) -> tuple[Rating, ...]:
    """Return the lines of a table in their order; none if there is no such file.

    Parameters
    ----------
    path : Path
        UTF-8, with a header line; columns in any order, further ones are left out.

    Raises
    ------
    RequestError
        If the file is not such a table, with the line and what would be accepted.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"{path.name}: {error}; accepted: a table in UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    _check_header(path.name, reader.fieldnames)
    found = []
    for cells in reader:
        known = {name: _QUOTED.sub("", cells.get(name) or "") for name in COLUMNS}
        try:
            found.append(Rating.model_validate(known))
        except ValidationError as error:
            raise RequestError(f"{path.name}, line {reader.line_num}: {_first(error)}") from error
    return tuple(found)


def append_rating(path: Path, rating: Rating) -> None:
    """Add a line to a table, whole or not at all; make the table if there is none.

    Parameters
    ----------
    path : Path
        A table whose columns are ours: see `check_appendable`.
    rating : Rating

    Raises
    ------
    WriteFailed
        If the line cannot be written whole.
    """
    line = csv_lines([rating])
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            size = os.fstat(handle).st_size
            if not size:
                line = csv_lines([COLUMNS]) + line
            elif os.pread(handle, 1, size - 1) != b"\n":  # an editor left the last line open
                line = b"\r\n" + line
            if os.write(handle, line) != len(line):  # one write: no other line comes in between
                os.ftruncate(handle, size)
                raise WriteFailed(path.name, "part of a line", "a whole line; is the disk full?")
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise WriteFailed(path.name, error.strerror or str(error), "a writable file") from error


def check_appendable(path: Path) -> None:
    """Make sure that lines may be added to a table.

    Raises
    ------
    RequestError
        If there is a table with other columns.
    """
    read_ratings(path)
    if path.exists() and path.stat().st_size:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file))
        if tuple(header) != COLUMNS:
            found = ", ".join(header)
            raise RequestError(f"{path.name}: columns {found}; accepted: {', '.join(COLUMNS)}")


def latest(ratings: Iterable[Rating]) -> list[Rating]:
    """Return of each rater and result the last line, in the order of the first.

    The table is appended to, so the last line is what holds, whatever a clock said.
    """
    return list({(rating.about, rating.rater): rating for rating in ratings}.values())


def csv_lines(rows: Iterable[Rating | tuple[str, ...]]) -> bytes:
    """Return lines of a table; what a spreadsheet would run gets a leading quote."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        cells = row if isinstance(row, tuple) else tuple(row.model_dump(mode="json").values())
        writer.writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells])
    return text.getvalue().encode("utf-8", "backslashreplace")


def _check_header(name: str, header: Iterable[str] | None) -> None:
    missing = {"scan_id", "rating"} - set(header or ())
    if missing:
        needed = ", ".join(sorted(missing))
        raise RequestError(f"{name}: no column {needed}; accepted: {', '.join(COLUMNS)}")


def _first(error: ValidationError) -> str:
    """Say what is wrong with a line, in one clause."""
    what = error.errors()[0]
    field, given = what["loc"][0], what.get("input")
    if field == "rating":
        return f"rating {given!r}; accepted: pass, doubtful, fail or nothing"
    return f"{field} {given!r}: {what['msg']}"
