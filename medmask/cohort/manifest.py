"""A table that lists scans, each with its name, annotations and recipe."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from pydantic import ValidationError

from medmask.cohort.manifest_cells import Cells
from medmask.cohort.manifest_table import PLAIN, Faults, Line, lines_of
from medmask.cohort.roots import Root
from medmask.errors import RecipeError
from medmask.recipe import RecipeChoice, value_of
from medmask.scan import Scan


@dataclass(frozen=True)
class Row:
    """One line of a manifest, with everything that it names found.

    Attributes
    ----------
    line : int
        Its number.
    root : Root
        A file, or a folder that holds scans.
    scan_id : str
        Of the one scan that is there; empty for an id made of its source.
    annotations : tuple of Path
        What was drawn onto the scan.
    recipes : RecipeChoice
    modality : str
        For formats that do not say theirs; ``auto`` guesses.
    """

    line: int
    root: Root
    scan_id: str
    annotations: tuple[Path, ...]
    recipes: RecipeChoice
    modality: str


@dataclass(frozen=True)
class Manifest:
    """What ``--manifest`` names.

    Attributes
    ----------
    path : Path
    rows : tuple of Row
    """

    path: Path
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, path: Path, recipes: RecipeChoice, modality: str = "auto") -> Manifest:
        """Read a manifest.

        Parameters
        ----------
        path : Path
        recipes : RecipeChoice
            For lines that name none.
        modality : str
            For lines that name none.

        Raises
        ------
        MissingInput
            If there is no such file.
        ManifestError
            With a line for each fault: ``file:line: column: what was found``.
        """
        faults = Faults(path.name)
        lines = lines_of(path, faults)
        reader = _Reader(path, recipes, modality, faults)
        rows = [row for line in lines if (row := reader.row(line)) is not None]
        _demand_apart(rows, faults)
        faults.refuse()
        return cls(path.resolve(), tuple(rows))

    def row_of(self, scan: Scan) -> Row | None:
        """Return the row that lists a scan, ``None`` for one found below an input."""
        return self._by_line.get(scan.line)

    def demand_apart(self, inputs: Iterable[Path], output: Path | None = None) -> None:
        """Refuse rows that are found below an input as well, or lie in the output.

        Raises
        ------
        ManifestError
        """
        faults, others = Faults(self.path.name), [path.resolve() for path in inputs]
        own = None if output is None else output.resolve()
        for row in self.rows:
            place = row.root.path.resolve()
            if own is not None and place.is_relative_to(own):
                faults.add(row.line, "path", f"{row.root.path.name} lies in the output {output}")
            for other in others:
                if place.is_relative_to(other) or other.is_relative_to(place):
                    name, whole = row.root.path.name, place.is_relative_to(other)
                    found = f"lies in the input {other.name}" if whole else f"holds {other.name}"
                    accepted = f"this row, or {other.name} as an INPUT, but not both"
                    faults.add(row.line, "path", f"{name} {found}; accepted: {accepted}")
        faults.refuse()

    @property
    def one_on_each_device(self) -> tuple[Path, ...]:
        """Folders by which a lost mount is noticed; to look at every row's would take long."""
        found: dict[int, Path] = {}
        for row in self.rows:
            place = row.root.path
            with contextlib.suppress(OSError):  # it is gone already, and its scan says so
                found.setdefault(place.stat().st_dev, place if place.is_dir() else place.parent)
        return tuple(found.values())

    @functools.cached_property
    def _by_line(self) -> dict[int, Row]:
        return {row.line: row for row in self.rows}


@dataclass
class _Reader:
    """Makes rows of lines; lines with the same recipe share it."""

    path: Path
    recipes: RecipeChoice
    modality: str
    faults: Faults
    bases: dict[str, RecipeChoice] = field(default_factory=dict)
    choices: dict[tuple[str, tuple[tuple[str, str], ...]], RecipeChoice] = field(
        default_factory=dict
    )

    def row(self, line: Line) -> Row | None:
        """Return a line as a row, without what is at fault; ``None`` if that is the path."""
        recipes = self._choice(line) or self.recipes
        cells = self._cells(line, {k: v for k, v in line.cells.items() if k in PLAIN})
        root = None if cells is None else self._root(line, cells.path)
        if cells is None or root is None:
            return None
        modality = cells.modality or self.modality
        annotations = self._annotations(line, cells)
        return Row(line.number, root, cells.id, annotations, recipes, modality)

    def _cells(self, line: Line, plain: dict[str, str]) -> Cells | None:
        """Return the cells that can be understood, as long as the path is among them."""
        try:
            return Cells.model_validate(plain)
        except ValidationError as error:
            for detail in error.errors():
                said = detail["msg"].removeprefix("Value error, ")
                missing = "no path is given" if detail["type"] == "missing" else said
                self.faults.add(line.number, str(detail["loc"][0]), missing)
            wrong = {detail["loc"][0] for detail in error.errors()}
            sound = {column: cell for column, cell in plain.items() if column not in wrong}
            return Cells(**sound) if "path" in sound else None

    def _choice(self, line: Line) -> RecipeChoice | None:
        """Return the recipe that a line names, with its own changes."""
        cells = {k: v for k, v in line.cells.items() if k not in PLAIN}
        key = line.cells.get("recipe", ""), tuple(sorted(cells.items()))
        if key in self.choices:
            return self.choices[key]
        base = self._base(line, key[0])
        changes: dict[str, Any] = {}
        for column, cell in cells.items():
            try:
                changes[column] = value_of(cell)
            except RecipeError as error:
                self.faults.add(line.number, column, str(error))
        if base is None or len(changes) < len(cells):
            return None
        try:
            self.choices[key] = base.changed(changes)
        except RecipeError as error:
            self.faults.add(line.number, "", str(error))
            return None
        return self.choices[key]

    def _base(self, line: Line, name: str) -> RecipeChoice | None:
        """Return the recipe of a name or file, the run's for none."""
        if not name:
            return self.recipes
        if name not in self.bases:
            try:
                self.bases[name] = RecipeChoice.of(name, self.path.parent)
            except RecipeError as error:
                self.faults.add(line.number, "recipe", str(error))
        return self.bases.get(name)

    def _root(self, line: Line, cell: str) -> Root | None:
        """Return what a line lists, under its path below the manifest's folder, or its name."""
        place = self.path.parent / cell
        if not (place.is_dir() or place.is_file()):
            self.faults.add(line.number, "path", _not_there(place, cell, "a folder or file"))
            return None
        return Root(place, _source(place, self.path.parent))

    def _annotations(self, line: Line, cells: Cells) -> tuple[Path, ...]:
        found = []
        for cell in cells.annotation:
            place = self.path.parent / cell
            if place.is_file():
                found.append(place.resolve())
            else:
                what = _not_there(place, cell, "a file, or several with ; between")
                self.faults.add(line.number, "annotation", what)
        return tuple(dict.fromkeys(found))


def _not_there(place: Path, cell: str, accepted: str) -> str:
    found = "is neither file nor folder" if os.path.lexists(place) else "is not there"
    found = "is a folder" if place.is_dir() else found
    where = "" if PurePath(cell).is_absolute() else " relative to the manifest"
    return f"{cell!r} {found}; accepted: {accepted}{where}"


def _source(place: Path, folder: Path) -> str:
    """Return a path below a folder as it is written, or the name alone: no path above is told."""
    written, base = Path(os.path.abspath(place)), Path(os.path.abspath(folder))  # noqa: PTH100
    for path, root in ((written, base), (place.resolve(), folder.resolve())):
        if path.is_relative_to(root):
            below = path.relative_to(root).as_posix()
            return "" if below == "." else below
    return written.name


def _demand_apart(rows: Sequence[Row], faults: Faults) -> None:
    """Refuse rows that name one thing twice: a path, what lies in it, an id, an annotation."""
    lines: dict[Path, int] = {}
    ids: dict[str, int] = {}
    for row in rows:
        first = lines.setdefault(row.root.path.resolve(), row.line)
        if first != row.line:
            faults.add(row.line, "path", f"line {first} lists {row.root.path.name} already")
        first = ids.setdefault(row.scan_id.lower(), row.line) if row.scan_id else row.line
        if first != row.line:
            what = f"{row.scan_id!r} is the id of line {first} already, upper or lower case aside"
            faults.add(row.line, "id", what)
    for row in rows:
        place = row.root.path.resolve()
        for above in place.parents:
            if above in lines:
                what = f"{row.root.path.name} lies in what line {lines[above]} lists"
                faults.add(row.line, "path", f"{what}; accepted: one of the two rows")
        for path in row.annotations:
            if path in lines:
                what = f"{path.name} is listed as a scan by line {lines[path]}"
                faults.add(row.line, "annotation", f"{what}; accepted: as one of the two")
