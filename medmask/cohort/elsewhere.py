"""Annotations that lie apart from the scans, found and opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from medmask.annotations.host import Host
from medmask.cohort.drawn import Drawn
from medmask.cohort.examine import Examined, examine, examined, refusal
from medmask.cohort.given import Allotted, Given, by_mirror, by_table
from medmask.cohort.walk import Found, walk
from medmask.errors import UnsupportedFormat
from medmask.outcome import Outcome
from medmask.readers import Header, is_read_annotation
from medmask.scan import Format


@dataclass(frozen=True)
class Mirrored:
    """What lies in a folder of annotations.

    Attributes
    ----------
    drawn : tuple of Drawn
    refused : tuple of Outcome
        Rows of files that cannot be read.
    """

    drawn: tuple[Drawn, ...] = ()
    refused: tuple[Outcome, ...] = ()

    @property
    def by_reference(self) -> tuple[Drawn, ...]:
        """Segmentations and structure sets, which name their scans themselves."""
        return tuple(one for one in self.drawn if one.format is Format.DICOM)


def mirrored_in(folder: Path) -> Mirrored:
    """Return what is drawn in the files below a folder."""
    drawn, refused = [], []
    for some in examined(walk((folder,)).files):
        for one in some:
            source = f"{folder.name}/{one.file.source}"
            if one.error is not None:
                refused.append(refusal(source, str(one.kind or ""), one.error, "annotation"))
            elif one.kind is not None and _is_drawing(one):
                found = drawn_of(one.file, one.kind, one.header, one.data)
                drawn.append(replace(found, source=source, place=one.file.source))
    data = {path for one in drawn for path in one.files[1:]}
    return Mirrored(tuple(one for one in drawn if one.files[0] not in data), tuple(refused))


def _is_drawing(one: Examined) -> bool:
    return one.header is None or is_read_annotation(one.header.sop_class)


def drawn_of(
    file: Found, kind: Format, header: Header | None, data: tuple[Path, ...] = ()
) -> Drawn:
    """Return a file as a drawing, with the data files that its header names."""
    sop_class = "" if header is None else header.sop_class
    return Drawn(file.source, kind, (file.path, *data), sop_class, file.source)


def allotment(
    given: Given | None, inputs: tuple[Path, ...], mirrored: Mirrored
) -> Callable[[Sequence[Host]], Allotted] | None:
    """Return how the request pairs annotations with scans, ``None`` if it says nothing."""
    if given is None:
        return None
    if given.is_folder:
        return lambda hosts: by_mirror(mirrored.drawn, hosts)
    roots = [(path if path.is_dir() else path.parent).resolve() for path in inputs]
    return lambda hosts: by_table(given, roots, hosts, lambda path: opened(path, roots))


def opened(path: Path, roots: Sequence[Path]) -> Drawn:
    """Return what is drawn in a file that the request names.

    Parameters
    ----------
    path : Path
    roots : sequence of Path
        Folders below which it is called by its path, elsewhere by its name.

    Raises
    ------
    ScanError
        If it cannot be read, or is no drawing.
    """
    below = [path.relative_to(root) for root in roots if path.is_relative_to(root)]
    one = examine(Found(path, below[0].as_posix() if below else path.name))
    if one.error is not None:
        raise one.error
    if one.kind is None or not _is_drawing(one):
        raise UnsupportedFormat(path.name, "no drawing", "a mask, segmentation or picture")
    return drawn_of(one.file, one.kind, one.header, one.data)
