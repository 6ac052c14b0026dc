"""Several volumes of one file as scans of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from medmask.cohort.names import scan_id
from medmask.errors import ScanError
from medmask.readers import OPENERS, moments_in, volume_names
from medmask.scan import Format, Scan


def one_each(scans: list[Scan]) -> list[Scan]:
    """Return scans with a scan for each volume of a file that holds several.

    Parameters
    ----------
    scans : list of Scan
        Each file a scan of its own; all volumes of a file belong to one study.
    """
    return [one for scan in scans for one in _volumes(scan)]


def _volumes(scan: Scan) -> Iterator[Scan]:
    for part in _names(scan):
        name = scan_id(scan.source, part)
        yield replace(scan, scan_id=name, part=part) if part else scan


def _names(scan: Scan) -> list[str]:
    try:
        if scan.format in OPENERS:
            return volume_names(scan.files[0], scan.format)
        if scan.format is Format.DICOM and len(scan.files) == 1 and not scan.part:
            return moments_in(scan.files[0]) or [""]
    except ScanError:
        pass  # the scan fails by name when it is read
    return [""]
