"""What a run knows of one scan that was worked on, and how it is written down."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

from medmask.finished import Finished
from medmask.outcome import Outcome, Status


@dataclass(frozen=True)
class Entry:
    """What the journal knows of one scan.

    Attributes
    ----------
    finished : Finished
    work_sha256 : str
        Digest of what was done: task, recipe and version.
    proof : str
        Digest of sizes, times of change and first bytes of the input; empty if unknown.
    forecast_mb : float or None
        Memory that was forecast; the row holds what was taken.
    present : bool
        Whether the last run found the scan and did not set out to do it anew.
    """

    finished: Finished
    work_sha256: str
    proof: str = ""
    forecast_mb: float | None = None
    present: bool = True

    @property
    def values(self) -> tuple[object, ...]:
        """What the table ``scans`` holds of it, in the order of its columns."""
        row = self.finished.outcome
        return (
            row.scan_id,
            int(self.present),
            json.dumps(dataclasses.asdict(row)),
            self.finished.inputs_sha256,
            self.proof,
            self.work_sha256,
            json.dumps(self.finished.outputs),
            self.forecast_mb,
        )

    @classmethod
    def of(cls, values: tuple[Any, ...]) -> Entry:
        """Return the entry that the table holds."""
        _, present, row, inputs, proof, work, outputs, forecast_mb = values
        pairs = tuple((name, digest) for name, digest in json.loads(outputs))
        return cls(
            Finished(outcome_of(json.loads(row)), inputs, pairs),
            work,
            proof,
            forecast_mb,
            bool(present),
        )


def outcome_of(fields: dict[str, Any]) -> Outcome:
    """Return the row that some plain data tell of."""
    texts = {name: tuple(fields[name]) for name in ("warnings", "flags")}
    return Outcome(**(fields | texts | {"status": Status(fields["status"])}))
