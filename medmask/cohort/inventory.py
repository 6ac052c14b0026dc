"""Inputs -> scans: every file is used by one, refused by a row, or counted with the reason."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from medmask.cohort.names import digest, scan_id
from medmask.cohort.stacks import stacked
from medmask.cohort.walk import Found, walk
from medmask.errors import ScanError, Skip
from medmask.outcome import Outcome, ScanWarning, Status
from medmask.readers import Header, Series, companions, group, read_header, sniff
from medmask.scan import Format, Scan

_SIDECARS = frozenset({".json", ".tsv", ".csv", ".bval", ".bvec", ".txt", ".md", ".xml"})


@dataclass(frozen=True)
class Inventory:
    """What the inputs hold.

    Attributes
    ----------
    scans : tuple of Scan
        In the order of their sources.
    refused : tuple of Outcome
        A row for each file that could have been a scan but is not, with the reason.
    not_used : tuple of (str, int)
        How many other files there are, by reason.
    """

    scans: tuple[Scan, ...]
    refused: tuple[Outcome, ...]
    not_used: tuple[tuple[str, int], ...]


def take_inventory(
    inputs: tuple[Path, ...], leave_out: Path | None = None, *, stacks: bool = False
) -> Inventory:
    """Find every scan below some inputs, by content and from headers alone.

    Parameters
    ----------
    inputs : tuple of Path
        Folders or files.
    leave_out : Path, optional
        The run's own output, should it lie below an input.
    stacks : bool
        Whether the pictures of a folder are slices of one scan.

    Raises
    ------
    MissingInput
        If an input does not exist or cannot be listed.
    """
    found = walk(inputs, leave_out)
    sorted_out = _Sorter(found.passed_over)
    for file in found.files:
        sorted_out.take(file)
    sorted_out.account_for_data_files()
    series = _series_scans(sorted_out.headers)
    single = stacked(sorted_out.scans) if stacks else sorted_out.scans
    scans = [*single, *(_beside_damage(scan, sorted_out.damaged_in) for scan in series)]
    return Inventory(
        tuple(sorted(scans, key=lambda scan: (scan.source, scan.scan_id))),
        tuple(sorted_out.refused),
        tuple(sorted(sorted_out.not_used.items())),
    )


class _Sorter:
    """Takes files one by one and puts each where it belongs."""

    def __init__(self, passed_over: Counter[str]) -> None:
        self.scans: list[Scan] = []
        self.refused: list[Outcome] = []
        self.headers: list[tuple[Found, Header]] = []
        self.not_used = Counter(passed_over)
        self.damaged_in: dict[Path, str] = {}
        self._data_files: set[Path] = set()
        self._no_images: list[Found] = []
        self._refused_at: list[Path] = []

    def take(self, file: Found) -> None:
        """Sniff one file and keep it as a scan, a slice, a refusal or a count."""
        kind: Format | None = None
        try:
            kind = sniff(file.path)
            if kind is None:
                self._no_images.append(file)
            elif kind is Format.DICOM:
                self._take_dicom(file, read_header(file.path))
            else:
                self._take_file(file, kind)
        except ScanError as error:
            self._refused_at.append(file.path)
            self.refused.append(refusal(file.source, "" if kind is None else str(kind), error))
            if kind is Format.DICOM:
                self.damaged_in[file.path.parent] = file.path.name

    def account_for_data_files(self) -> None:
        """Count what is no image, except for the voxels of detached headers, which are used."""
        used = self._data_files
        for file in self._no_images:
            if file.path not in used:
                self.not_used[_reason(file.path)] += 1
        self.scans = [scan for scan in self.scans if scan.files[0] not in used]
        self.headers = [pair for pair in self.headers if pair[0].path not in used]
        rows = zip(self.refused, self._refused_at, strict=True)
        self.refused = [row for row, path in rows if path not in used]

    def _take_file(self, file: Found, kind: Format) -> None:
        """Keep a file as a scan, with the data file that its header names."""
        data = companions(file.path, kind)
        self._data_files.update(data)
        name = scan_id(file.source, "")
        self.scans.append(Scan(name, name, file.source, kind, (file.path, *data)))

    def _take_dicom(self, file: Found, header: Header) -> None:
        if header.not_an_image and header.fault is not None:
            raise header.fault
        if header.not_an_image:
            self.not_used[header.not_an_image] += 1
        else:
            self.headers.append((file, header))


def refusal(source: str, kind: str, error: ScanError) -> Outcome:
    """Return the row of a file that is no scan."""
    name = scan_id(source, "")
    status = Status.SKIPPED if isinstance(error, Skip) else Status.FAILED
    return Outcome(name, name, source, kind, status=status, code=error.code, message=str(error))


def _reason(path: Path) -> str:
    return "text beside the scans" if path.suffix.lower() in _SIDECARS else "not an image"


def _series_scans(headers: list[tuple[Found, Header]]) -> list[Scan]:
    sources = {header.path: file.source for file, header in headers}
    parts = _by_place([header for _, header in headers])
    return [_series_scan(series, sources) for part in parts for series in group(part)]


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
    files = tuple(header.path for header in series.headers)
    source = _common_source([sources[path] for path in files])
    return Scan(
        scan_id=scan_id(source, f"{series.study_uid}\0{series.series_uid}\0{series.key}"),
        study_id=f"study-{digest(series.study_uid)}",
        source=source,
        format=Format.DICOM,
        files=files,
        warnings=_part_warnings(series),
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


def _beside_damage(scan: Scan, damaged_in: Mapping[Path, str]) -> Scan:
    """Warn of a series that may have lost a slice to a file that cannot be read."""
    names = {damaged_in[path.parent] for path in scan.files if path.parent in damaged_in}
    if not names:
        return scan
    text = f"{min(names)} beside it cannot be read; the series may lack a slice at one end"
    warning = ScanWarning("damaged_file_beside", text)
    return replace(scan, warnings=(*scan.warnings, warning))


def _common_source(sources: Iterable[str]) -> str:
    """Return the one file's source, or the innermost folder that holds them all."""
    each = list(sources)
    if len(each) == 1:
        return each[0]
    return os.path.commonpath([os.path.dirname(source) or "." for source in each]) or "."  # noqa: PTH120
