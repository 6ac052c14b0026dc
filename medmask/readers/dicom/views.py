"""Slices of one series that look another way or have another size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from medmask.readers.dicom.header import Header
from medmask.readers.dicom.part import Part, joined
from medmask.readers.dicom.steps import STEP_TOLERANCE_MM

# A lone slice turned by less is a fault of its volume; more is a view of its own.
_ANOTHER_VIEW_COSINE: Final = float(np.cos(np.radians(30.0)))
_SAME_VIEW_COSINE: Final = 1 - 5e-7  # directions that differ by 1e-3
_ADJACENT_STEPS: Final = 1.5  # so near to a stack, a slice of another size belongs to it


def by_plane(members: Sequence[Header]) -> list[Part]:
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
                parts.append(Part(joined(view.key, size), tuple(other)))
        parts.append(Part(view.key, tuple(main)))
    return parts


def _count_and_pixels(headers: Sequence[Header]) -> tuple[int, int]:
    layout = headers[0].layout
    return len(headers), (layout.rows or 0) * (layout.columns or 0)


def _by_view(members: Sequence[Header]) -> list[Part]:
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
        return [Part("", tuple(astray))]
    views[0].extend(astray)
    if len(views) == 1:
        return [Part("", tuple(views[0]))]
    return [Part(_view_name(view[0]), tuple(view)) for view in views]


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
    heights = heights_of(stack, stack[0])
    places = heights_of(others, stack[0])
    if heights is None or places is None or len(heights) < 2:
        return False
    steps = np.diff(np.sort(heights))
    reach = _ADJACENT_STEPS * float(np.median(steps))
    gaps = np.abs(places[:, None] - heights[None, :]).min(axis=1)
    return bool((gaps > STEP_TOLERANCE_MM).all() and (gaps < reach).any())


def heights_of(headers: Sequence[Header], view: Header) -> NDArray[np.float64] | None:
    """Return positions along a view's normal, ``None`` if one has no position."""
    planes = _planes(view)
    positions = [header.position for header in headers if header.position is not None]
    if planes is None or len(positions) < len(headers):
        return None
    heights: NDArray[np.float64] = np.array(positions) @ np.cross(planes[0], planes[1])
    return heights
