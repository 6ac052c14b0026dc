"""One scan as a report finds it: the journal's row and the scan's own account."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from medmask.cohort.names import is_made_of
from medmask.outcome import Outcome, Status
from medmask.pipeline import Finished
from medmask.report.account import Account

THUMB = "review/thumb.webp"
_DIGITS = 12  # of each digest: enough to tell scans and recipes apart


@dataclass(frozen=True)
class Finding:
    """One scan.

    Attributes
    ----------
    outcome : Outcome
        The journal's row.
    inputs_sha256 : str
        Of the bytes that were worked on; empty if they could not be read.
    account : Account
        From ``scan.json``; empty of all but a scan that is done.
    thumb : str
        Path of its thumbnail below the output; empty if there is none.
    """

    outcome: Outcome
    inputs_sha256: str = ""
    account: Account = field(default_factory=Account)
    thumb: str = ""

    @classmethod
    def read(cls, output: Path, finished: Finished) -> Finding:
        """Return what an output folder tells of one scan.

        Parameters
        ----------
        output : Path
        finished : Finished
            From its journal.
        """
        row = finished.outcome
        if row.status is not Status.DONE:
            return cls(row, finished.inputs_sha256)
        below = f"scans/{row.scan_id}"
        written = {name for name, _ in finished.outputs}
        return cls(
            row,
            finished.inputs_sha256,
            Account.read(output / below),
            f"{below}/{THUMB}" if f"{below}/{THUMB}" in written else row.overlay,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """What people look for it by: the id, if someone gave it one, and the source."""
        row = self.outcome
        if row.scan_id == row.source or is_made_of(row.scan_id, row.source):
            return (row.source,)
        return row.scan_id, row.source

    @property
    def rating_key(self) -> str:
        """Under which ratings are kept: the content of scan and recipe, then the name.

        A scan that was masked anew by another recipe starts without a rating, and two cohorts on
        one computer never mix. The name tells several scans of one file apart. What failed has no
        content to go by, so its reason stands in.
        """
        row, recipe = self.outcome, self.account.recipe_sha256
        if self.inputs_sha256 and recipe:
            return f"{self.inputs_sha256[:_DIGITS]}/{recipe[:_DIGITS]}/{row.scan_id}"
        return f"{row.code}/{row.scan_id}"

    @property
    def voxels(self) -> int | None:
        """How many voxels the scan has."""
        row = self.outcome
        if row.columns is None or row.rows is None or row.slices is None:
            return None
        return row.columns * row.rows * row.slices
