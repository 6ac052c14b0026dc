"""Which DICOM instances belong to one scan."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from medmask.readers.dicom.header import Header
from medmask.readers.dicom.kinds import is_secondary_capture
from medmask.readers.dicom.part import Part, joined
from medmask.readers.dicom.phases import by_phase
from medmask.readers.dicom.planar import is_planar
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
        In any order.
    """

    study_uid: str
    series_uid: str
    key: str
    headers: tuple[Header, ...]


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
    for header in sorted(headers, key=_name_order):  # the answer must not hang on the order
        by_uid[header.study_uid, header.series_uid].append(header)
    return [
        Series(study, series, part.key, part.headers)
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
        else:
            parts.extend(Part(kind, same) for same in _by_content(alike))
    if len(parts) == 1:
        return [Part("", parts[0].headers)]
    return sorted(_distinct(parts), key=lambda part: part.key)


def _name_order(header: Header) -> tuple[str, Path]:
    return header.sop_instance, header.path


def _by_content(pictures: Sequence[Header]) -> list[tuple[Header, ...]]:
    """Keep copies of one picture together; another header under its UID is another picture."""
    same: dict[Header, list[Header]] = defaultdict(list)
    for header in pictures:
        same[replace(header, path=Path())].append(header)
    return [tuple(headers) for headers in same.values()]


def _distinct(parts: list[Part]) -> list[Part]:
    """Add numbers to keys that occur more than once, in the order of their instances."""
    often = Counter(part.key for part in parts)
    seen: Counter[str] = Counter()
    named = []
    for part in sorted(parts, key=lambda part: min(_name_order(h) for h in part.headers)):
        seen[part.key] += 1
        several = often[part.key] > 1
        named.append(
            Part(joined(part.key, str(seen[part.key])) if several else part.key, part.headers)
        )
    return named


def _by_kind(members: Sequence[Header]) -> dict[str, list[Header]]:
    kinds: dict[str, list[Header]] = defaultdict(list)
    for header in members:
        kinds[_kind(header)].append(header)
    return kinds


def _kind(header: Header) -> str:
    """Return the word for what an instance is, empty for a slice; pictures are one of a kind."""
    layout = header.layout
    if header.not_an_image:
        return f"other-{_short(header.sop_class)}"
    if layout.frames > 1 or layout.functional_groups or "MOSAIC" in header.image_type:
        return f"frames-{_short(header.sop_instance)}"
    if layout.samples not in {1, None} or (
        layout.photometric and not layout.photometric.startswith("MONOCHROME")
    ):
        return f"colour-{_short(header.sop_instance)}"
    if is_secondary_capture(header.sop_class):
        return f"capture-{_short(header.sop_instance)}"
    if is_planar(header):
        return f"picture-{_short(header.sop_instance)}"
    return "localizer" if "LOCALIZER" in header.image_type else ""


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
