"""What a report says of a run as a whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from medmask.outcome import Status
from medmask.report.triage import Triage


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
    command : str
        How it is run again, with words in place of paths.
    """

    recipe: str
    version: str
    started: datetime
    seconds: float | None
    inputs: tuple[str, ...]
    command: str = "medmask run INPUT OUTPUT"

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
        Done scans with at least one doubt, or at least one warning.
    """

    found: int
    done: int
    failed: int
    skipped: int
    flagged: int
    warned: int

    @classmethod
    def of(cls, triage: Triage) -> Self:
        """Count the scans of a cohort."""
        done = [each for each in triage.judged if each.finding.outcome.status is Status.DONE]
        ends = Counter(each.finding.outcome.status for each in triage.judged)
        return cls(
            found=len(triage.judged),
            done=len(done),
            failed=ends[Status.FAILED],
            skipped=ends[Status.SKIPPED],
            flagged=sum(bool(each.doubts) for each in done),
            warned=sum(bool(each.finding.outcome.warnings) for each in done),
        )
