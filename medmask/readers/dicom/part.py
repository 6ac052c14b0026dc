"""Some instances of a series that make one scan."""

from __future__ import annotations

from dataclasses import dataclass

from medmask.readers.dicom.header import Header


@dataclass(frozen=True)
class Part:
    """Instances, and what to call them.

    Attributes
    ----------
    key : str
        Tells parts of one series from each other.
    headers : tuple of Header
        In any order.
    """

    key: str
    headers: tuple[Header, ...]


def joined(*words: str) -> str:
    """Return the words that are not empty, joined by hyphens."""
    return "-".join(word for word in words if word)
