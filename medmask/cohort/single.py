"""The one scan at a path."""

from __future__ import annotations

from pathlib import Path

from medmask.cohort.inventory import take_inventory
from medmask.errors import MissingInput
from medmask.readers import ReadOptions, read
from medmask.volume import Volume

_NAMED = 5  # of what was found instead


def read_one(where: Path, options: ReadOptions) -> Volume:
    """Find and read the one scan at a path.

    Parameters
    ----------
    where : Path
        A file, or a folder that holds one scan.
    options : ReadOptions

    Raises
    ------
    MissingInput
        If there is nothing at the path, no scan in it, or more than one.
    ScanError
        If the scan is not understood.
    """
    inventory = take_inventory((where,), reading=options)
    if len(inventory.scans) != 1:
        found = [scan.source for scan in inventory.scans] or [
            row.message for row in inventory.refused
        ]
        listed = "; ".join(found[:_NAMED]) or "nothing that is an image"
        raise MissingInput(
            f"{where.name}: one scan was expected, {len(inventory.scans)} found: {listed}"
        )
    return read(inventory.scans[0], options)
