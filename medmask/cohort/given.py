"""Annotations that are given apart from the scans: a mirrored folder, or a table of pairs."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from medmask.annotations.host import Host
from medmask.annotations.pair_files import named
from medmask.annotations.patterns import Hit, Names
from medmask.cohort.drawn import Drawn
from medmask.errors import (
    MissingInput,
    NotRegular,
    RequestError,
    ScanError,
    ScanMissing,
    SeveralScans,
)
from medmask.scan import AnnotationKind

_MIRRORED: Final = (
    *("{stem}", "{stem}_{mark}*", "{stem}-{mark}*", "{stem}.{mark}*", "{stem}/*"),
    *("{base}", "{base}_{mark}*", "{base}-{mark}*"),
)
_COLUMNS: Final = ("scan", "annotation")


@dataclass(frozen=True)
class Wish:
    """One row of a table of pairs.

    Attributes
    ----------
    scan, annotation, name : str
        As they are written; the name may be empty.
    line : int
        Of the table, from 1 on.
    """

    scan: str
    annotation: str
    name: str
    line: int


@dataclass(frozen=True)
class Given:
    """What ``--annotations`` names.

    Attributes
    ----------
    path : Path
        A folder or a table.
    wishes : tuple of Wish
        The rows of a table.
    """

    path: Path
    wishes: tuple[Wish, ...] = ()

    @classmethod
    def of(cls, path: Path) -> Given:
        """Read what is given.

        Raises
        ------
        MissingInput
            If there is nothing.
        RequestError
            If it is neither a folder nor a table with the columns ``scan`` and ``annotation``.
        """
        if path.is_dir():
            return cls(path.resolve())
        if not path.is_file():
            raise MissingInput(f"annotations {path}: neither a folder nor a table")
        return cls(path.resolve(), tuple(_wishes(path)))

    @property
    def is_folder(self) -> bool:
        """Whether a mirrored folder is given rather than a table."""
        return self.path.is_dir()

    def place_of(self, wish: Wish, roots: Sequence[Path]) -> Path:
        """Return the file that a row names, relative to the table, an input, or by itself.

        Raises
        ------
        NotRegular
            If there is no such file.
        """
        for folder in (self.path.parent, *roots):
            found = folder / wish.annotation
            if found.is_file():
                return found.resolve()
        found_text = f"line {wish.line} names {wish.annotation!r}, which is not there"
        accepted = "a file relative to the table or to an input"
        raise NotRegular(self.path.name, found_text, accepted)


def _wishes(path: Path) -> Iterator[Wish]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise RequestError(f"annotations {path}: not readable as UTF-8 text: {error}") from error
    rows = csv.DictReader(text.splitlines())
    names = [(name or "").strip().lower() for name in rows.fieldnames or ()]
    rows.fieldnames = names
    if not set(_COLUMNS) <= set(names):
        raise RequestError(
            f"annotations {path}: its columns are {', '.join(names) or 'none'}; "
            f"{' and '.join(_COLUMNS)} are needed, and name if wanted"
        )
    for row in rows:
        scan, annotation = ((row[column] or "").strip() for column in _COLUMNS)
        if scan and annotation:
            yield Wish(scan, annotation, (row.get("name") or "").strip(), rows.line_num)
        elif scan or annotation:
            missing = "annotation" if scan else "scan"
            raise RequestError(f"annotations {path}, line {rows.line_num}: no {missing} is named")


@dataclass(frozen=True)
class Allotted:
    """Annotations with their scans, and those without.

    Attributes
    ----------
    pairs : tuple of (Host, Drawn, str)
        The third says what an annotation is called, as far as the request says so.
    alone : tuple of (Drawn or Wish, ScanError)
    """

    pairs: tuple[tuple[Host, Drawn, str], ...] = ()
    alone: tuple[tuple[Drawn | Wish, ScanError], ...] = ()


Opener = Callable[[Path], Drawn]


def by_table(given: Given, roots: Sequence[Path], hosts: Sequence[Host], open_: Opener) -> Allotted:
    """Pair as a table says.

    Parameters
    ----------
    given : Given
    roots : sequence of Path
        The inputs' folders.
    hosts : sequence of Host
    open_ : callable
        From a path to what is drawn there; it may raise `ScanError`.
    """
    known = _by_names(hosts)
    pairs, alone = [], []
    for wish in given.wishes:
        try:
            drawn = open_(given.place_of(wish, roots))
            pairs += [(host, drawn, wish.name) for host in _wished(wish, given, known)]
        except ScanError as error:
            alone.append((wish, error))
    return Allotted(tuple(pairs), tuple(alone))


def by_mirror(drawn: Sequence[Drawn], hosts: Sequence[Host]) -> Allotted:
    """Pair files of a mirrored folder with the scans at the same place and of the same name.

    Parameters
    ----------
    drawn : sequence of Drawn
        With sources below the mirrored folder.
    hosts : sequence of Host
    """
    names = Names([named(one.place, is_folder=False) for one in drawn], _MIRRORED)
    hits: dict[int, list[tuple[Host, Hit]]] = defaultdict(list)
    for host in hosts:
        for hit in names.hits(host.named):
            hits[hit.file].append((host, hit))
    pairs: list[tuple[Host, Drawn, str]] = []
    alone: list[tuple[Drawn, ScanError]] = []
    for number, one in enumerate(drawn):
        if number not in hits:
            if one.kind not in {AnnotationKind.SEG, AnnotationKind.RTSTRUCT}:
                accepted = "a path below the folder that mirrors the scan's"
                error = ScanMissing(one.files[0].name, "no scan is at its place", accepted)
                alone.append((one, error))
            continue
        best = min(hit.rank for _, hit in hits[number])
        chosen = [(host, hit) for host, hit in hits[number] if hit.rank == best]
        if len({host.scan.files for host, _ in chosen}) > 1:
            found = ", ".join(sorted(host.scan.source for host, _ in chosen)[:4])
            text = f"{len(chosen)} scans may be meant: {found}"
            alone.append(
                (one, SeveralScans(one.files[0].name, text, "one scan, or a table of pairs"))
            )
            continue
        pairs += [(host, one, hit.name.strip("_- ")) for host, hit in chosen]
    return Allotted(tuple(pairs), tuple(alone))


def _by_names(hosts: Sequence[Host]) -> Mapping[str | Path, list[Host]]:
    """Return scans by source, id, files and folder."""
    known: dict[str | Path, list[Host]] = defaultdict(list)
    for host in hosts:
        folders = {path.parent for path in host.scan.files}
        keys: set[str | Path] = {host.scan.source, host.scan.scan_id, *host.scan.files}
        keys |= folders if len(host.scan.files) > 1 and len(folders) == 1 else set()
        for key in keys:
            known[key].append(host)
    return known


def _wished(wish: Wish, given: Given, known: Mapping[str | Path, list[Host]]) -> list[Host]:
    written = given.path.parent / wish.scan
    linked = written.parent.resolve() / written.name  # what a link is called, not what it leads to
    for key in (wish.scan, wish.scan.rstrip("/"), linked, written.resolve()):
        if key in known:
            return known[key]
    found = f"line {wish.line} names the scan {wish.scan!r}, which is not among those found"
    accepted = "a source or scan_id as in scans.csv, or a path relative to the table"
    raise ScanMissing(given.path.name, found, accepted)
