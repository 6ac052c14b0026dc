"""The one scan, or the one image of any kind, at a path."""

from __future__ import annotations

from pathlib import Path

from medmask.cohort.inventory import take_inventory
from medmask.errors import MissingInput
from medmask.readers import Raster, ReadOptions, read, read_raster, sniff
from medmask.scan import Format, Scan
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
    return read(_one(where, options), options)


def raster_at(where: Path, options: ReadOptions) -> Raster:
    """Read the one image at a path with its colours, be it a scan, a drawing or a mask.

    Parameters
    ----------
    where : Path
        A file, or a folder that holds one DICOM series.
    options : ReadOptions

    Raises
    ------
    MissingInput
        If there is nothing at the path, no image in it, or more than one.
    ScanError
        If the image is not understood.
    """
    if where.is_file():
        kind = sniff(where)
        if kind is None:
            raise MissingInput(f"{where.name}: no image; DICOM, NIfTI, PNG, ... is needed")
        if kind is not Format.DICOM:
            return read_raster(where, kind, options)
    scan = _one(where, options)
    return Raster.of(read(scan, options), where.name, scan.format)


def _one(where: Path, options: ReadOptions) -> Scan:
    inventory = take_inventory((where,), reading=options)
    if len(inventory.scans) != 1:
        found = [scan.source for scan in inventory.scans] or [
            row.message for row in inventory.refused
        ]
        listed = "; ".join(found[:_NAMED]) or "nothing that is an image"
        raise MissingInput(
            f"{where.name}: one scan was expected, {len(inventory.scans)} found: {listed}"
        )
    return inventory.scans[0]
