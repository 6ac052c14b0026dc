"""A manifest's text -> its lines with their cells, and every fault at its line and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from medmask.errors import ManifestError, MissingInput
from medmask.recipe import known_paths, nearest

PLAIN: Final = ("path", "id", "annotation", "recipe", "modality")
_EXAMPLE: Final = "thresholds.bone.native"
_MOST: Final = 50  # faults that are told one by one


@dataclass
class Faults:
    """What is wrong with a manifest; all of it is told at once.

    Attributes
    ----------
    name : str
        The manifest's file name.
    found : list of (int, str)
        Line and sentence.
    """

    name: str
    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, column: str, what: str) -> None:
        """Note a fault; what is wrong may be told in several lines."""
        each = (f"{column}: {one}" if column else one for one in what.splitlines())
        self.found += [(line, sentence) for sentence in each]

    def refuse(self) -> None:
        """Refuse the manifest if anything is wrong.

        Raises
        ------
        ManifestError
            With a line for each fault, in the order of the manifest's lines.
        """
        if not self.found:
            return
        told = dict.fromkeys(sorted(self.found, key=lambda fault: fault[0]))
        lines = [f"{self.name}:{line}: {what}" for line, what in told]
        more = [f"{self.name}: and {len(lines) - _MOST} faults more"] if len(lines) > _MOST else []
        raise ManifestError("\n".join((*lines[:_MOST], *more)))


@dataclass(frozen=True)
class Line:
    """One line that lists something.

    Attributes
    ----------
    number : int
        From 1 on, the header counted; of a line with breaks in its cells the first.
    cells : dict of str to str
        What is not blank, by column, without the blanks around it.
    """

    number: int
    cells: dict[str, str]


def lines_of(path: Path, faults: Faults) -> list[Line]:
    """Return the lines of a manifest that are not blank.

    Parameters
    ----------
    path : Path
        UTF-8, with or without a byte order mark; columns apart by commas, as in RFC 4180.
    faults : Faults
        Told what is wrong with single lines.

    Raises
    ------
    MissingInput
        If there is no such file.
    ManifestError
        If it is no table, or its columns are not known.
    """
    rows = list(_rows(path, faults))
    faults.refuse()
    if not rows:
        raise ManifestError(f"{path.name}:1: nothing is there; accepted: {_accepted()}")
    (first, header), *rest = rows
    names = _columns(first, header, faults)
    faults.refuse()
    lines = []
    for number, row in rest:
        extra = [cell for cell in row[len(names) :] if cell]
        if extra:
            what = f"{len(row)} cells, of which {extra[0]!r} is in no column of the {len(names)}"
            faults.add(number, "", what)
        cells = {name: cell for name, cell in zip(names, row, strict=False) if cell}
        if "" in cells:
            faults.add(number, "", f"{cells['']!r} is in a column without a name")
        elif cells:
            lines.append(Line(number, cells))
    if not (lines or faults.found):
        faults.add(first, "path", "no scan is listed; a line for each scan is needed")
    return lines


def _rows(path: Path, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and cells of each line that is not blank."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        what = f"byte {error.start} is not UTF-8; accepted: CSV saved as UTF-8"
        raise ManifestError(f"{path.name}:{line}: {what}") from error
    except OSError as error:
        raise MissingInput(f"manifest {path}: {error.strerror or error}") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield number, cells
            number = reader.line_num + 1
    except csv.Error as error:
        faults.add(number, "", f"not CSV: {error}")


def _columns(line: int, header: Sequence[str], faults: Faults) -> list[str]:
    """Return the names of the columns; one that is not known is a fault, as it may be misspelt."""
    names = [name.lower() for name in header]
    for apart, called in ((";", "semicolons"), ("\t", "tabs")):
        if len(names) == 1 and apart in names[0]:
            faults.add(line, "", f"columns apart by {called}; accepted: by commas")
            return names
    paths = [path for path in known_paths() if "." in path]
    for place, name in enumerate(names):
        if name in names[:place] and name:
            faults.add(line, name, "this column is there twice")
        elif name and name not in PLAIN and name not in paths:
            near = nearest(name, (*PLAIN, *paths)) if _is_like(name, paths) else ""
            faults.add(line, name, f"unknown column{near}; accepted: {_accepted()}")
    if "path" not in names and not faults.found:
        faults.add(line, "", f"no column path; accepted: {_accepted()}")
    return names


def _is_like(name: str, paths: Sequence[str]) -> bool:
    """Tell whether a name is like any that is known: all of them are too many to be listed."""
    return "nearest" in nearest(name, (*PLAIN, *paths))


def _accepted() -> str:
    return f"{', '.join(PLAIN)}, and places in a recipe such as {_EXAMPLE}"
