"""Names and colours of labels, from the tables that lie beside label maps."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from medmask.readers.modality import stem

_LARGEST_TABLE: Final = 1 << 22  # bytes
_HIGHEST: Final = 8  # folders that BIDS inheritance looks up through
_ITK_SNAP: Final = re.compile(r'\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+[\d.]+\s+\d\s+\d\s+"(.*)"\s*')
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Entry:
    """What a table says of one label."""

    name: str
    colour: str | None = None


def table_of(path: Path) -> Path | None:
    """Return the table that describes a label map, ``None`` if there is none.

    Looked for are, in this order: ``.tsv``, ``.label`` and ``.txt`` of the same stem; BIDS tables
    whose entities the label map has, in its own folder and those above up to the data set's root;
    the only ``.label`` of the folder.

    Parameters
    ----------
    path : Path
        The label map.

    References
    ----------
    BIDS 1.10, Derivatives, "Common image-derived labels", and the inheritance principle.
    """
    own = stem(path)
    for ending in (".tsv", ".label", ".txt"):
        beside = path.with_name(own + ending)
        if beside.is_file() and read_table(beside):
            return beside
    inherited = _inherited(path)
    if inherited is not None:
        return inherited
    snaps = sorted(path.parent.glob("*.label"))
    return snaps[0] if len(snaps) == 1 and read_table(snaps[0]) else None


def read_table(path: Path) -> Mapping[int, Entry]:
    """Return what a table says of each label, nothing if it is no such table.

    Parameters
    ----------
    path : Path
        A BIDS table (index, name, colour, separated by tabs) or an ITK-SNAP label description.
    """
    try:
        if path.stat().st_size > _LARGEST_TABLE:
            return {}
        text = path.read_text("utf-8-sig", errors="replace")
    except OSError:
        return {}
    return _bids(text) if path.suffix.lower() == ".tsv" else _itk_snap(text)


def _bids(text: str) -> dict[int, Entry]:
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    if not {"index", "name"} <= set(rows.fieldnames or ()):
        return {}
    found = {}
    for row in rows:
        index, name = (row["index"] or "").strip(), (row["name"] or "").strip()
        if index.isdecimal() and name:
            colour = (row.get("color") or row.get("colour") or "").strip()
            found[int(index)] = Entry(name, colour if _HEX.fullmatch(colour) else None)
    return found


def _itk_snap(text: str) -> dict[int, Entry]:
    found = {}
    for line in text.splitlines():
        match = _ITK_SNAP.fullmatch(line)
        if match is not None and int(match[1]) > 0:
            rgb = [min(int(match[k]), 255) for k in (2, 3, 4)]
            found[int(match[1])] = Entry(match[5], "#" + "".join(f"{one:02x}" for one in rgb))
    return found


def _inherited(path: Path) -> Path | None:
    words = set(stem(path).split("_"))
    if "dseg" not in words:
        return None
    for folder in _upwards(path.parent):
        fitting = [
            table
            for table in sorted(folder.glob("*dseg.tsv"))
            if set(table.name.removesuffix(".tsv").split("_")) <= words
        ]
        if fitting:
            return max(fitting, key=lambda table: len(table.name.split("_")))
    return None


def _upwards(folder: Path) -> Iterator[Path]:
    """Yield a folder and those above it, down from no further than the data set's root."""
    for above in (folder, *list(folder.parents)[:_HIGHEST]):
        yield above
        if (above / "dataset_description.json").is_file():
            return
