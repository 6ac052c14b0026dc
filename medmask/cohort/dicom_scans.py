"""DICOM instances -> scans: which series they make, where each lies, what it is called."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from medmask.cohort.names import digest, scan_id
from medmask.cohort.walk import Found
from medmask.outcome import ScanWarning
from medmask.readers import Header, ReadOptions, Series, extent_by, group
from medmask.scan import Format, Scan


def series_scans(
    headers: Sequence[tuple[Found, Header]], damaged_in: Mapping[Path, str], reading: ReadOptions
) -> list[Scan]:
    """Return the scans that some instances make.

    Parameters
    ----------
    headers : sequence of (Found, Header)
        Of instances that may be images.
    damaged_in : mapping of Path to str
        Folders that hold a DICOM file which cannot be read, and its name.
    reading : ReadOptions
        How they will be read, and so how large they are.
    """
    sources = {header.path: file.source for file, header in headers}
    parts = _by_place([header for _, header in headers])
    scans = (_series_scan(series, sources) for part in parts for series in group(part))
    beside = [beside_damage(scan, damaged_in) for scan in scans]
    by_path = {header.path: header for _, header in headers}
    return [replace(scan, extent=extent_by(by_path, scan, reading)) for scan in beside]


def _by_place(headers: list[Header]) -> list[list[Header]]:
    """Part headers by series, and by folder where a series was copied.

    A series may be spread over folders; then no instance lies in two of them. Where one does, each
    folder holds a copy of the series, whole or not, and each copy is a scan of its own.
    """
    folders: dict[tuple[str, str], dict[Path, list[Header]]] = {}
    for header in headers:
        series = folders.setdefault((header.study_uid, header.series_uid), {})
        series.setdefault(header.path.parent, []).append(header)
    parts: list[list[Header]] = []
    for series in folders.values():
        instances = [{header.sop_instance for header in part} for part in series.values()]
        if len(set().union(*instances)) == sum(map(len, instances)):
            parts.append([header for part in series.values() for header in part])
        else:
            parts += series.values()
    return parts


def _series_scan(series: Series, sources: dict[Path, str]) -> Scan:
    source = _common_source([sources[path] for path in series.files])
    return Scan(
        scan_id=scan_id(source, f"{series.study_uid}\0{series.series_uid}\0{series.key}"),
        study_id=f"study-{digest(series.study_uid)}",
        source=source,
        format=Format.DICOM,
        files=series.files,
        warnings=_part_warnings(series),
        part=series.stack,
    )


def _part_warnings(series: Series) -> tuple[ScanWarning, ...]:
    """Warn of a scan that is a part of its series, and of planning pictures."""
    found = []
    if series.key:
        text = f"the series holds more than one volume or picture; this is its part {series.key!r}"
        found.append(ScanWarning("series_split", text))
    if all("LOCALIZER" in header.image_type for header in series.headers):
        text = "a localizer, for planning: its values are not those of cross sections"
        found.append(ScanWarning("localizer", text))
    return tuple(found)


def beside_damage(scan: Scan, damaged_in: Mapping[Path, str]) -> Scan:
    """Warn of a series or stack that may have lost a slice to a file that cannot be read.

    Parameters
    ----------
    scan : Scan
    damaged_in : mapping of Path to str
        Folders that hold such a file, and its name.
    """
    names = {damaged_in[path.parent] for path in scan.files if path.parent in damaged_in}
    if not names:
        return scan
    text = f"{min(names)} beside it cannot be read; it may lack a slice at one end"
    warning = ScanWarning("damaged_file_beside", text)
    return replace(scan, warnings=(*scan.warnings, warning))


def _common_source(sources: Iterable[str]) -> str:
    """Return the one file's source, or the innermost folder that holds them all."""
    each = list(sources)
    if len(each) == 1:
        return each[0]
    return os.path.commonpath([os.path.dirname(source) or "." for source in each]) or "."  # noqa: PTH120
