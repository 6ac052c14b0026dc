"""Inputs -> where walks begin, and what each is called in sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Root:
    """Where a walk begins.

    Attributes
    ----------
    path : Path
        A folder or file.
    source : str
        What it is called in sources, with ``/``; may be empty for a folder.
    """

    path: Path
    source: str


def roots_of(inputs: Sequence[Path]) -> list[Root]:
    """Return what inputs are called: by their names alone, so that no path above them is told.

    One folder is called nothing. Of several, those of one name are told apart by numbers in the
    order in which they are given: folders as ``ct`` and ``ct~2``, files as ``a.nii`` and
    ``~2/a.nii``. A number stands for a folder that files lie in, so that what lies beside a file,
    such as its mask, does so in sources, too.

    Parameters
    ----------
    inputs : sequence of Path
    """
    files = {given: given.parent.resolve() for given in inputs if given.is_file()}
    if len(inputs) == 1 and not files:
        return [Root(inputs[0], "")]
    folders = _distinct([called(given) for given in inputs if given not in files])
    places = _places(files, folders)
    names = iter(folders)
    return [
        Root(given, places[files[given]] + called(given) if given in files else next(names))
        for given in inputs
    ]


def called(given: Path) -> str:
    """Return the name of an input as it is written, of a link its own."""
    written = given.name not in {"", ".."}
    return given.name if written else given.resolve().name or "root"


def _distinct(names: Iterable[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        used = sum(known == name or known.startswith(f"{name}~") for known in found)
        found.append(f"{name}~{used + 1}" if used else name)
    return found


def _places(files: Mapping[Path, Path], folders: Iterable[str]) -> dict[Path, str]:
    """Return what goes before the names of files by their folder: nothing, unless one is taken."""
    names: dict[Path, set[str]] = defaultdict(set)
    for file, folder in files.items():
        names[folder].add(file.name)
    taken, places, number = set(folders), {}, 1
    for folder, own in names.items():
        if taken.isdisjoint(own):
            places[folder] = ""
        else:
            number += 1
            places[folder] = f"~{number}/"
        taken |= own
    return places
