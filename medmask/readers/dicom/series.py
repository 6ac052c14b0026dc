"""Which DICOM instances belong to one scan."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from medmask.readers.dicom.geometry import STEP_TOLERANCE_MM, is_planar
from medmask.readers.dicom.header import Header
from medmask.readers.dicom.kinds import is_secondary_capture

# A lone slice turned by less is a fault of its volume; more is a view of its own.
_ANOTHER_VIEW_COSINE: Final = float(np.cos(np.radians(30.0)))
_SAME_VIEW_COSINE: Final = 1 - 5e-7  # directions that differ by 1e-3
_ADJACENT_STEPS: Final = 1.5  # so near to a stack, a slice of another size belongs to it

# What may part several volumes at the same positions, in the order in which it is tried
_PHASES: Final[tuple[tuple[str, Callable[[Header], object]], ...]] = (
    ("acquisition", lambda header: header.acquisition),
    ("echo", lambda header: header.echo),
    ("echo_time", lambda header: header.echo_time),
    ("image_type", lambda header: header.image_type),
)


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


@dataclass(frozen=True)
class _Part:
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


def _parts(members: Sequence[Header]) -> list[_Part]:
    parts: list[_Part] = []
    for kind, alike in sorted(_by_kind(members).items()):
        if kind in {"", "localizer"}:
            parts.extend(
                _Part(_joined(kind, sized.key, phase.key), phase.headers)
                for sized in _by_plane(alike)
                for phase in _by_phase(sized.headers)
            )
        else:
            parts.extend(_Part(kind, same) for same in _by_content(alike))
    if len(parts) == 1:
        return [_Part("", parts[0].headers)]
    return sorted(_distinct(parts), key=lambda part: part.key)


def _name_order(header: Header) -> tuple[str, Path]:
    return header.sop_instance, header.path


def _by_content(pictures: Sequence[Header]) -> list[tuple[Header, ...]]:
    """Keep copies of one picture together; another header under its UID is another picture."""
    same: dict[Header, list[Header]] = defaultdict(list)
    for header in pictures:
        same[replace(header, path=Path())].append(header)
    return [tuple(headers) for headers in same.values()]


def _joined(*words: str) -> str:
    return "-".join(word for word in words if word)


def _distinct(parts: list[_Part]) -> list[_Part]:
    """Add numbers to keys that occur more than once, in the order of their instances."""
    often = Counter(part.key for part in parts)
    seen: Counter[str] = Counter()
    named = []
    for part in sorted(parts, key=lambda part: min(_name_order(h) for h in part.headers)):
        seen[part.key] += 1
        several = often[part.key] > 1
        named.append(
            _Part(_joined(part.key, str(seen[part.key])) if several else part.key, part.headers)
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


def _by_plane(members: Sequence[Header]) -> list[_Part]:
    """Part other views and other sizes, keeping faulty slices with their volume."""
    parts = []
    for view in _by_view(members):
        sizes: dict[tuple[int | None, int | None], list[Header]] = defaultdict(list)
        for header in view.headers:
            sizes[header.layout.rows, header.layout.columns].append(header)
        main, *others = sorted(sizes.values(), key=_count_and_pixels, reverse=True)
        for other in others:
            if _belongs(other, main):
                main = [*main, *other]
            else:
                size = f"{other[0].layout.columns}x{other[0].layout.rows}"
                parts.append(_Part(_joined(view.key, size), tuple(other)))
        parts.append(_Part(view.key, tuple(main)))
    return parts


def _count_and_pixels(headers: Sequence[Header]) -> tuple[int, int]:
    layout = headers[0].layout
    return len(headers), (layout.rows or 0) * (layout.columns or 0)


def _by_view(members: Sequence[Header]) -> list[_Part]:
    """Part instances by orientation; a slightly turned or unoriented slice joins the nearest."""
    clusters: list[list[Header]] = []
    astray: list[Header] = []
    for header in members:
        if _planes(header) is None:
            astray.append(header)
            continue
        for cluster in clusters:
            if _alike(header, cluster[0]) > _SAME_VIEW_COSINE:
                cluster.append(header)
                break
        else:
            clusters.append([header])
    clusters.sort(key=len, reverse=True)
    views: list[list[Header]] = []
    for cluster in clusters:
        near = [view for view in views if _alike(cluster[0], view[0]) > _ANOTHER_VIEW_COSINE]
        if near:
            near[0].extend(cluster)
        else:
            views.append(cluster)
    if not views:
        return [_Part("", tuple(astray))]
    views[0].extend(astray)
    if len(views) == 1:
        return [_Part("", tuple(views[0]))]
    return [_Part(_view_name(view[0]), tuple(view)) for view in views]


def _planes(header: Header) -> NDArray[np.float64] | None:
    """Return the directions of rows and columns, ``None`` if they are no directions."""
    if header.orientation is None:
        return None
    planes = np.array(header.orientation, np.float64).reshape(2, 3)
    lengths = np.linalg.norm(planes, axis=1, keepdims=True)
    return planes / lengths if lengths.min() > 0 else None


def _alike(one: Header, other: Header) -> float:
    """Return the lower cosine between the rows, and between the columns, of two instances."""
    here, there = _planes(one), _planes(other)
    return -1.0 if here is None or there is None else float((here * there).sum(axis=1).min())


def _view_name(header: Header) -> str:
    planes = _planes(header)
    normal = np.zeros(3) if planes is None else np.cross(planes[0], planes[1])
    return ("sagittal", "coronal", "axial")[int(np.abs(normal).argmax())]


def _belongs(others: Sequence[Header], stack: Sequence[Header]) -> bool:
    """Tell whether slices of another size fill or go on a stack, so that they are its faults."""
    heights = _heights(stack, stack[0])
    places = _heights(others, stack[0])
    if heights is None or places is None or len(heights) < 2:
        return False
    steps = np.diff(np.sort(heights))
    reach = _ADJACENT_STEPS * float(np.median(steps))
    gaps = np.abs(places[:, None] - heights[None, :]).min(axis=1)
    return bool((gaps > STEP_TOLERANCE_MM).all() and (gaps < reach).any())


def _heights(headers: Sequence[Header], view: Header) -> NDArray[np.float64] | None:
    """Return positions along a view's normal, ``None`` if one has no position."""
    planes = _planes(view)
    positions = [header.position for header in headers if header.position is not None]
    if planes is None or len(positions) < len(headers):
        return None
    heights: NDArray[np.float64] = np.array(positions) @ np.cross(planes[0], planes[1])
    return heights


def _by_phase(members: tuple[Header, ...]) -> list[_Part]:
    """Part volumes at the same positions by what tells them apart, if it does so cleanly."""
    unique = tuple({header.sop_instance: header for header in members}.values())
    heights = _heights(unique, unique[0])
    if heights is None or not _repeats(heights):
        return [_Part("", members)]
    for name, mark in _PHASES:
        marked: dict[str, list[Header]] = defaultdict(list)
        for header in members:
            marked[str(mark(header))].append(header)
        if len(marked) > 1 and _is_clean(marked.values(), unique[0]):
            return [
                _Part(f"{name}-{number + 1}", tuple(marked[word]))
                for number, word in enumerate(sorted(marked))
            ]
    return [_Part("", members)]


def _is_clean(phases: Iterable[Sequence[Header]], view: Header) -> bool:
    """Tell whether every phase holds the same positions, at least two and each once."""
    reference: NDArray[np.float64] | None = None
    for phase in phases:
        unique = tuple({header.sop_instance: header for header in phase}.values())
        heights = _heights(unique, view)
        if heights is None or len(heights) < 2 or _repeats(heights):
            return False
        heights = np.sort(heights)
        if reference is None:
            reference = heights
        elif len(heights) != len(reference) or np.abs(heights - reference).max() > 0.1:
            return False
    return True


def _repeats(heights: NDArray[np.float64]) -> bool:
    return bool((np.diff(np.sort(heights)) < STEP_TOLERANCE_MM).any())
