"""Instances that are there more than once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from medmask.errors import DuplicatePositions
from medmask.outcome import ScanWarning
from medmask.readers.dicom.frame import check_frame
from medmask.readers.dicom.functional_groups import expanded
from medmask.readers.dicom.header import Header
from medmask.readers.dicom.pixels import pixel_bytes, read_frames


def without_copies(headers: Sequence[Header]) -> tuple[list[Header], tuple[ScanWarning, ...]]:
    """Drop copies: of files, however encoded, and of slices that were given a UID of their own.

    Parameters
    ----------
    headers : sequence of Header
        Of the instances of one scan.

    Returns
    -------
    list of Header
        Each slice once.
    tuple of ScanWarning
        ``duplicate_instances`` if something was left out.

    Raises
    ------
    DuplicatePositions
        If one UID stands for two objects (PS3.5 9).
    """
    unique, files = _one_a_uid(headers)
    slices, doubles = _one_a_place(unique)
    dropped = [*files, *doubles]
    if not dropped:
        return slices, ()
    message = f"{len(dropped)} equal copies were left out, such as {dropped[0]}"
    return slices, (ScanWarning("duplicate_instances", message),)


def _one_a_uid(headers: Sequence[Header]) -> tuple[list[Header], list[str]]:
    by_uid: dict[str, list[Header]] = defaultdict(list)
    for header in headers:
        by_uid[header.sop_instance or header.path.name].append(header)
    unique, dropped = [], []
    for first, *copies in by_uid.values():
        unique.append(first)
        for copy in copies:
            if _facts(copy) != _facts(first) or not _have_equal_pixels(copy, first):
                raise DuplicatePositions(
                    copy.path.name,
                    f"the same SOP Instance UID as {first.path.name}, but another content",
                    "one UID for one object",
                )
            dropped.append(copy.path.name)
    return unique, dropped


def _one_a_place(headers: Sequence[Header]) -> tuple[list[Header], list[str]]:
    """Drop slices that hold the pixels of another one at their place; the rest is phases."""
    kept: dict[object, list[Header]] = defaultdict(list)
    dropped = []
    for header in headers:
        place = id(header) if header.position is None or header.frames else header.position
        if any(_are_equal(header, other) for other in kept[place]):
            dropped.append(header.path.name)
        else:
            kept[place].append(header)
    return [header for same in kept.values() for header in same], dropped


def _are_equal(one: Header, other: Header) -> bool:
    facts = [
        (
            (header.orientation, header.pixel_spacing, header.intensity),
            replace(header.layout, span=None),
        )
        for header in (one, other)
    ]
    return facts[0] == facts[1] and _have_equal_pixels(one, other)


def _facts(header: Header) -> Header:
    """Return a header without what may differ between copies: place and encoding of the pixels."""
    layout = replace(header.layout, span=None)
    return replace(header, path=Path(), transfer_syntax="", layout=layout)


def _have_equal_pixels(one: Header, other: Header) -> bool:
    """Compare bytes, or values where the encodings differ: a lossless one may keep the UID."""
    if one.transfer_syntax == other.transfer_syntax:
        return pixel_bytes(one) == pixel_bytes(other)
    mine, theirs = (read_frames(map(check_frame, expanded(header))) for header in (one, other))
    return all(np.array_equal(a, b) for a, b in zip(mine, theirs, strict=True))
