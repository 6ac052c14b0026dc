"""Some instances or frames of a series that make one scan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from medmask.readers.dicom.header import Header


@dataclass(frozen=True)
class Part:
    """Instances or frames, and what to call them.

    Attributes
    ----------
    key : str
        Tells parts of one series from each other.
    headers : tuple of Header
        In any order.
    stack : str
        Which stack of one multi-frame file it is, empty if whole files make it.
    """

    key: str
    headers: tuple[Header, ...]
    stack: str = ""


def joined(*words: str) -> str:
    """Return the words that are not empty, joined by hyphens."""
    return "-".join(word for word in words if word)


def distinct(parts: Iterable[Part]) -> list[Part]:
    """Add numbers to keys that occur more than once, in the order of their instances."""
    ordered = sorted(parts, key=lambda part: min(name_order(h) for h in part.headers))
    often = Counter(part.key for part in ordered)
    seen: Counter[str] = Counter()
    named = []
    for part in ordered:
        seen[part.key] += 1
        several = often[part.key] > 1
        named.append(replace(part, key=joined(part.key, str(seen[part.key]))) if several else part)
    return named


def name_order(header: Header) -> tuple[str, Path, int]:
    """Return an order of headers that does not hang on how they were found."""
    return header.sop_instance, header.path, -1 if header.frame is None else header.frame
