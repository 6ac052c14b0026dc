"""One part of a cohort, worked on by a run of its own, as in a job array."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from medmask.errors import RequestError

if TYPE_CHECKING:  # who only looks for journals needs no readers
    from medmask.cohort.inventory import Inventory

_NAME: Final = re.compile(r"journal-\d+-of-\d+\.sqlite")


@dataclass(frozen=True)
class Shard:
    """Part ``index`` of ``count``, which are counted from 1.

    Raises
    ------
    RequestError
        If there is no such part.
    """

    index: int
    count: int

    def __post_init__(self) -> None:
        if not 1 <= self.index <= self.count:
            raise RequestError(
                f"--shard {self.index}/{self.count}: there is no such part; "
                "parts are counted from 1, as in 1/4 to 4/4"
            )

    @classmethod
    def of(cls, text: str) -> Shard:
        """Return the part that ``I/N`` names.

        Raises
        ------
        RequestError
            If it names none.
        """
        found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
        if found is None:
            raise RequestError(f"--shard {text}: I/N is needed, such as 1/4")
        return cls(int(found[1]), int(found[2]))

    def holds(self, scan_id: str) -> bool:
        """Tell whether a scan belongs to this part; on every machine and in every order alike."""
        digest = hashlib.sha256(scan_id.encode()).digest()
        return int.from_bytes(digest[:8], "big") % self.count == self.index - 1

    def part_of(self, inventory: Inventory) -> Inventory:
        """Return what of an inventory belongs to this part; counts stay those of the whole."""
        return replace(
            inventory,
            scans=tuple(scan for scan in inventory.scans if self.holds(scan.scan_id)),
            refused=tuple(row for row in inventory.refused if self.holds(row.scan_id)),
        )

    @property
    def journal(self) -> str:
        """The name of its own journal."""
        return f"journal-{self.index}-of-{self.count}.sqlite"

    @property
    def log(self) -> str:
        """The name of its own log."""
        return f"run-{self.index}-of-{self.count}.log"


def shard_journals(output: Path) -> list[str]:
    """Return the names of the journals that parts of a cohort have left in an output."""
    return sorted(path.name for path in output.iterdir() if _NAME.fullmatch(path.name))
