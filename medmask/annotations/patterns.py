"""File names of annotations, told from the names of their scans."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

MARKS: Final = (
    *("seg", "dseg", "segmentation", "mask", "masks", "label", "labels", "labelmap"),
    *("annotation", "annotations", "roi"),
)
_IMAGE_WORD: Final = re.compile(  # behind which a scan's name says what it shows, or which channel
    r"[_-](image|img|scan|volume|ct|cta|cbct|mr|mri|pet|t1|t1w|t1c|t1ce|t1gd|t2|t2w|flair|\d{4})$"
)


@dataclass(frozen=True)
class Named:
    """A file or folder by its place and name.

    Attributes
    ----------
    folder : str
        Its folder below the input, with ``/``.
    stem : str
        Its name without the ending of its format.
    """

    folder: str
    stem: str


@dataclass(frozen=True)
class Hit:
    """A file that may be an annotation of a scan.

    Attributes
    ----------
    file : int
        Its number.
    rank : tuple of int
        Less is better: the whole name of the scan before a part of it, then longer names.
    name : str
        What the pattern's ``*`` stands for, else empty.
    pattern : str
    """

    file: int
    rank: tuple[int, int]
    name: str
    pattern: str


class Names:
    """Files by folder and name, to be looked up by patterns.

    Parameters
    ----------
    files : sequence of Named
    patterns : sequence of str
        Relative to a scan's folder; ``{stem}`` is the scan's name, ``{base}`` the name without a
        last word such as ``_image`` or ``_0000``, ``{mark}`` any word for an annotation, ``*``
        anything within a name. Upper and lower case are the same.
    """

    def __init__(self, files: Sequence[Named], patterns: Sequence[str]) -> None:
        self._by_folder: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for number, file in enumerate(files):
            self._by_folder[file.folder].append((file.stem.lower(), number))
        for names in self._by_folder.values():
            names.sort()
        self._patterns = [
            (pattern, pattern.replace("{mark}", mark))
            for pattern in patterns
            for mark in (MARKS if "{mark}" in pattern else ("",))
        ]

    def hits(self, scan: Named) -> Iterator[Hit]:
        """Yield the files that a pattern names for a scan; the scan itself may be among them."""
        whole = scan.stem.lower()
        base = _IMAGE_WORD.sub("", whole)
        for pattern, spelt_out in self._patterns:
            needs_base = "{base}" in spelt_out
            if needs_base and base == whole:
                continue
            wanted = spelt_out.replace("{stem}", whole).replace("{base}", base)
            rank = (int(needs_base), -len(base if needs_base else whole))
            folder, name = posixpath.split(wanted)
            place = posixpath.normpath(posixpath.join(scan.folder, folder)) if folder else None
            for number, rest in self._find(scan.folder if place is None else place, name):
                yield Hit(number, rank, rest, pattern)

    def _find(self, folder: str, name: str) -> Iterator[tuple[int, str]]:
        names = self._by_folder.get("" if folder == "." else folder, [])
        fixed, star, end = name.partition("*")
        at = bisect_left(names, (fixed, -1))
        while at < len(names) and names[at][0].startswith(fixed):
            found, number = names[at]
            if not star and found != fixed:
                return
            if found.endswith(end) and len(found) >= len(fixed) + len(end):
                yield number, found[len(fixed) : len(found) - len(end)] if star else ""
            at += 1
