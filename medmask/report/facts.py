"""What a report says of a run as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from medmask.outcome import Outcome, Status


@dataclass(frozen=True)
class RunFacts:
    """One run, without host, user or folder.

    Attributes
    ----------
    recipe : str
        The recipe's name.
    version : str
        Of medmask.
    started : datetime
        With its time zone; shown in UTC.
    seconds : float or None
        How long the run took, None if it is not known to have ended.
    inputs : tuple of str
        Names of the inputs, not their paths.
    """

    recipe: str
    version: str
    started: datetime
    seconds: float | None
    inputs: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.started.tzinfo is None:
            raise ValueError(f"a run started at {self.started}; accepted: a time with its zone")
        for name in self.inputs:
            if "/" in name:
                raise ValueError("an input is given by a path; accepted: its name alone")


@dataclass(frozen=True)
class Tally:
    """How many scans ended how.

    Attributes
    ----------
    found, done, failed, skipped : int
        All scans, and those of each status.
    flagged, warned : int
        Done scans with at least one flag, or at least one warning.
    """

    found: int
    done: int
    failed: int
    skipped: int
    flagged: int
    warned: int

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Self:
        """Count outcomes."""
        done = [each for each in outcomes if each.status is Status.DONE]
        return cls(
            found=len(outcomes),
            done=len(done),
            failed=sum(each.status is Status.FAILED for each in outcomes),
            skipped=sum(each.status is Status.SKIPPED for each in outcomes),
            flagged=sum(bool(each.flags) for each in done),
            warned=sum(bool(each.warnings) for each in done),
        )
