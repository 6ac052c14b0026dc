"""Headers of named text fields, as NRRD and MetaImage have them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from medmask.errors import BadHeader

LARGEST_HEADER: Final = 1 << 22  # bytes; diffusion and segment tables take some hundred thousand


@dataclass(frozen=True)
class TextHeader:
    """Fields by name, and where the bytes behind them begin.

    Attributes
    ----------
    where : str
        Names the file in errors.
    fields : mapping of str to str
        Names in the spelling that the format's reader asks for.
    end : int
        First byte behind the header.
    """

    where: str
    fields: Mapping[str, str]
    end: int

    def text(self, name: str) -> str:
        """Return a field, empty if it is not there."""
        return self.fields.get(name, "")

    def demand(self, name: str) -> str:
        """Return a field.

        Raises
        ------
        BadHeader
            If it is not there or empty.
        """
        found = self.text(name)
        if not found:
            raise BadHeader(self.where, f"no field {name!r}", "a header with it")
        return found

    def integers(self, name: str) -> tuple[int, ...]:
        """Return a field's whole numbers, none if it is not there.

        Raises
        ------
        BadHeader
            If one is none.
        """
        try:
            return tuple(int(word) for word in self.text(name).split())
        except ValueError as error:
            found = f"{name!r} is {self.text(name)[:80]!r}"
            raise BadHeader(self.where, found, "whole numbers") from error

    def numbers(self, name: str) -> tuple[float, ...]:
        """Return a field's numbers, none if it is not there.

        Raises
        ------
        BadHeader
            If one is none, or not finite.
        """
        return numbers_of(self.text(name).split(), name, self.where)


def numbers_of(words: list[str], name: str, where: str) -> tuple[float, ...]:
    """Return words as finite numbers.

    Raises
    ------
    BadHeader
        If one is none.
    """
    try:
        found = tuple(float(word) for word in words)
    except ValueError as error:
        raise BadHeader(where, f"{name!r} is {words[:12]}", "finite numbers") from error
    if not all(math.isfinite(number) for number in found):
        raise BadHeader(where, f"{name!r} is {list(found)}", "finite numbers")
    return found


def positive(counts: tuple[int, ...], name: str, where: str) -> tuple[int, ...]:
    """Return numbers of voxels.

    Raises
    ------
    BadHeader
        If one is less than 1.
    """
    if not counts or min(counts) < 1:
        found = f"{name!r} is {list(counts)}"
        raise BadHeader(where, found, "at least one voxel along each axis")
    return counts


def read_start(path: Path) -> bytes:
    """Return a file's bytes up to the largest header that is read."""
    with path.open("rb") as file:
        return file.read(LARGEST_HEADER)
