"""Which DICOM instances belong to one scan."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from medmask.readers.dicom.functional_groups import expanded
from medmask.readers.dicom.header import Header
from medmask.readers.dicom.kinds import is_secondary_capture
from medmask.readers.dicom.part import Part, distinct, joined, name_order
from medmask.readers.dicom.phases import by_phase
from medmask.readers.dicom.planar import is_planar
from medmask.readers.dicom.stacks import stacks_of
from medmask.readers.dicom.views import by_plane


@dataclass(frozen=True)
class Series:
    """The instances of one scan.

    Attributes
    ----------
    study_uid, series_uid : str
    key : str
        Short stable text that tells parts of one series from each other, empty if it is whole.
    headers : tuple of Header
        Of instances, or of frames of one instance; in any order.
    stack : str
        Which stack of a multi-frame file it is, empty if whole files make the scan.
    """

    study_uid: str
    series_uid: str
    key: str
    headers: tuple[Header, ...]
    stack: str = ""

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that hold the instances, each once."""
        return tuple(dict.fromkeys(header.path for header in self.headers))


def group(headers: Iterable[Header]) -> list[Series]:
    """Group instances into scans.

    Instances of one series are parted only where they can never be one volume: localizers, screen
    captures and colour, multi-frame instances, radiographs (each is a scan), other sizes, other
    views, and phases that repeat the same positions. A faulty slice stays with its volume, so that
    the volume fails and does not lose a slice.

    Parameters
    ----------
    headers : iterable of Header

    Returns
    -------
    list of Series
        Every header lies in exactly one of them; sorted by study, series and key.
    """
    by_uid: dict[tuple[str, str], list[Header]] = defaultdict(list)
    for header in sorted(headers, key=name_order):  # the answer must not hang on the order
        by_uid[header.study_uid, header.series_uid].append(header)
    return [
        Series(study, series, part.key, part.headers, part.stack)
        for (study, series), members in sorted(by_uid.items(), key=lambda item: item[0])
        for part in _parts(members)
    ]


def _parts(members: Sequence[Header]) -> list[Part]:
    parts: list[Part] = []
    for kind, alike in sorted(_by_kind(members).items()):
        if kind in {"", "localizer"}:
            parts.extend(
                Part(joined(kind, sized.key, phase.key), phase.headers)
                for sized in by_plane(alike)
                for phase in by_phase(sized.headers)
            )
        elif any(header.frames for header in alike):
            parts.extend(part for same in _by_content(alike) for part in _stacks(kind, same))
        else:
            parts.extend(Part(kind, same) for same in _by_content(alike))
    if len(parts) == 1:
        return [replace(parts[0], key="")]
    return sorted(distinct(parts), key=lambda part: part.key)


def _by_content(pictures: Sequence[Header]) -> list[tuple[Header, ...]]:
    """Keep copies of one picture together; another header under its UID is another picture."""
    if pictures[0].piece is not None:
        return [tuple(pictures)]
    same: dict[Header, list[Header]] = defaultdict(list)
    for header in pictures:
        same[replace(header, path=Path())].append(header)
    return [tuple(headers) for headers in same.values()]


def _stacks(kind: str, instances: Sequence[Header]) -> list[Part]:
    """Return the stacks of a multi-frame instance, or of its pieces, with those of all copies."""
    return [
        Part(joined(kind, stack.key), stack.headers, stack.key) for stack in stacks_of(instances)
    ]


def _by_kind(members: Sequence[Header]) -> dict[str, list[Header]]:
    kinds: dict[str, list[Header]] = defaultdict(list)
    for header in members:
        kinds[_kind(header)].extend(expanded(header) if len(header.frames) == 1 else [header])
    return kinds


def _kind(header: Header) -> str:
    """Return the word for what an instance is, empty for a slice; pictures are one of a kind."""
    layout = header.layout
    if header.not_an_image:
        return f"other-{_short(header.sop_class)}"
    if header.piece is not None:
        return f"frames-{_short(header.piece.concatenation)}"
    word = ""
    if layout.frames > 1 or "MOSAIC" in header.image_type:
        word = "frames"
    elif layout.samples not in {1, None} or (
        layout.photometric and not layout.photometric.startswith("MONOCHROME")
    ):
        word = "colour"
    elif is_secondary_capture(header.sop_class):
        word = "capture"
    elif is_planar(header):
        word = "picture"
    if word:
        return f"{word}-{_short(header.sop_instance)}"
    return "localizer" if "LOCALIZER" in header.image_type else ""


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
