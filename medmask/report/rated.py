"""Scans whose results are to be made anew because of what people said of them."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from pathlib import Path

from medmask.errors import MissingInput
from medmask.report.account import Account
from medmask.report.finding import THUMB
from medmask.report.ratings import RATINGS, Rating, Verdict, latest, read_ratings
from medmask.writers import write_atomically

BEFORE = "before"  # folder of an output: results that were there before a rating
BEFORE_THUMB, BEFORE_ACCOUNT = "thumb.webp", "scan.json"


def rated_scans(output: Path, wanted: Collection[Verdict]) -> frozenset[str]:
    """Return the scans of which at least one person says so now.

    Parameters
    ----------
    output : Path
        With ``ratings.csv``.
    wanted : collection of Verdict

    Returns
    -------
    frozenset of str
        Scan ids. A rating of a result that has been replaced since, by another recipe or of other
        bytes, does not count: so the same request goes on where it stopped.

    Raises
    ------
    MissingInput
        If there is no such table.
    RequestError
        If it is not understood.
    """
    table = output / RATINGS
    if not table.is_file():
        raise MissingInput(
            f"{table}: no ratings; `medmask serve` saves them there, or save them from the report"
        )
    said = (rating for rating in latest(read_ratings(table)) if rating.rating in wanted)
    return frozenset(rating.scan_id for rating in said if _holds(rating, output))


def _holds(rating: Rating, output: Path) -> bool:
    """Tell whether a rating is about the result that is there, or that an ended run took away."""
    now = Account.read(output / "scans" / rating.scan_id)
    pairs = (
        (rating.recipe_sha256, now.recipe_sha256),
        (rating.inputs_sha256, now.inputs_sha256),
    )
    return all(not said or not there or said == there for said, there in pairs)


def keep_before(output: Path, scan_ids: Collection[str]) -> None:
    """Keep of each scan what the report needs to show it beside its next result.

    Parameters
    ----------
    output : Path
    scan_ids : collection of str
        Those without a result are passed over.

    Raises
    ------
    WriteFailed
        If a file cannot be written whole.
    """
    for scan_id in scan_ids:
        folder, kept = output / "scans" / scan_id, output / BEFORE / scan_id
        for name, there in ((BEFORE_THUMB, THUMB), (BEFORE_ACCOUNT, "scan.json")):
            with contextlib.suppress(FileNotFoundError):
                write_atomically(kept / name, (folder / there).read_bytes())
