"""Scans and what was drawn onto them, put together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from medmask.annotations.host import Host
from medmask.annotations.pair_dicom import DicomHosts
from medmask.annotations.pair_files import Pair, name_of, named, pair_files
from medmask.annotations.tables import table_of
from medmask.cohort.walk import Found
from medmask.errors import ScanError
from medmask.readers import Header
from medmask.scan import AnnotationFile, AnnotationKind, Format, Scan

_PICTURES = frozenset({Format.PNG, Format.JPEG, Format.TIFF})
_STRUCTURE_SET = "1.2.840.10008.5.1.4.1.1.481.3"


@dataclass(frozen=True)
class Refused:
    """An annotation's file without a scan, or that cannot be read."""

    source: str
    format: str
    error: ScanError
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Paired:
    """Scans with their annotations.

    Attributes
    ----------
    scans : tuple of Scan
        Without those that turned out to be annotations.
    refused : tuple of Refused
    """

    scans: tuple[Scan, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True)
class Material:
    """What an inventory found.

    Attributes
    ----------
    scans : sequence of Scan
        Annotations that are no DICOM among them.
    headers : mapping of Path to Header
        Of the scans' DICOM instances.
    drawn : sequence of (Found, Header)
        Segmentations and structure sets.
    """

    scans: Sequence[Scan]
    headers: Mapping[Path, Header]
    drawn: Sequence[tuple[Found, Header]]


def pair(material: Material, patterns: Sequence[str]) -> Paired:
    """Give each annotation to the scan it was drawn on.

    Parameters
    ----------
    material : Material
    patterns : sequence of str
        The recipe's, for files that are no DICOM.
    """
    hosts = [_host(scan, material.headers) for scan in material.scans]
    files = [scan for scan in material.scans if _may_be_drawn(scan)]
    named_pairs = pair_files(files, hosts, patterns)
    refused = [Refused(s.source, str(s.format), error, s.files) for s, error in named_pairs.alone]
    taken = {pair.file.source for pair in named_pairs.pairs} | {one.source for one in refused}
    given: dict[str, list[AnnotationFile]] = defaultdict(list)
    for found in named_pairs.pairs:
        for host in found.hosts:
            given[host.scan.scan_id].append(_file_of(found, host))
    scans = [scan for scan in material.scans if not (_may_be_drawn(scan) and scan.source in taken)]
    left = {scan.scan_id for scan in scans}
    refused += _give_dicom(material, [h for h in hosts if h.scan.scan_id in left], given)
    planes = _overlay_planes(scans, material.headers)
    return Paired(
        tuple(
            replace(scan, annotations=_ordered((*given[scan.scan_id], *planes[scan.scan_id])))
            for scan in scans
        ),
        tuple(refused),
    )


def _ordered(files: Iterable[AnnotationFile]) -> tuple[AnnotationFile, ...]:
    return tuple(sorted(files, key=lambda file: (file.source, file.kind)))


def _host(scan: Scan, headers: Mapping[Path, Header]) -> Host:
    is_folder = scan.format is Format.DICOM and len(scan.files) > 1
    name = named(scan.source, is_folder=is_folder)
    known = [headers[path] for path in scan.files if path in headers]
    if not known:
        return Host(scan, name)
    return Host(
        scan,
        name,
        series=known[0].series_uid,
        instances=frozenset(header.sop_instance for header in known) - {""},
        frame_of_reference=known[0].frame_of_reference,
    )


def _may_be_drawn(scan: Scan) -> bool:
    """Tell whether a scan is a single file that may turn out to be an annotation."""
    is_stack = scan.format in _PICTURES and len(scan.files) > 1
    return scan.format is not Format.DICOM and not is_stack


def _file_of(found: Pair, host: Host) -> AnnotationFile:
    file = found.file
    is_picture = file.format in _PICTURES
    table = None if is_picture else table_of(file.files[0])
    return AnnotationFile(
        source=file.source,
        kind=AnnotationKind.PICTURE if is_picture else AnnotationKind.LABEL_MAP,
        format=file.format,
        files=(*file.files, *((table,) if table is not None else ())),
        name=found.name or _own_name(file.source, host),
        paired_by=found.paired_by,
    )


def _own_name(source: str, host: Host) -> str:
    """Return a file's name without the words it shares with its scan's: CT_mask is mask."""
    words, theirs = (re.split(r"([_. -])", name) for name in (name_of(source), host.named.stem))
    shared = 0
    while shared < min(len(words), len(theirs)) and words[shared] == theirs[shared]:
        shared += 1
    return "".join(words[shared:]).strip("_-. ") or name_of(source)


def _give_dicom(
    material: Material, hosts: Sequence[Host], given: dict[str, list[AnnotationFile]]
) -> list[Refused]:
    """Give segmentations and structure sets to their scans; return those without one."""
    if not material.drawn:
        return []
    known, refused = DicomHosts(hosts), []
    for found, header in material.drawn:
        kind = AnnotationKind.SEG
        if header.sop_class == _STRUCTURE_SET:
            kind = AnnotationKind.RTSTRUCT
        name = name_of(PurePosixPath(found.source).name)
        file = AnnotationFile(found.source, kind, Format.DICOM, (found.path,), name)
        try:
            host, told_by = known.host_of(file)
        except ScanError as error:
            refused.append(Refused(found.source, str(Format.DICOM), error, file.files))
        else:
            given[host.scan.scan_id].append(replace(file, paired_by=told_by))
    return refused


def _overlay_planes(
    scans: Sequence[Scan], headers: Mapping[Path, Header]
) -> Mapping[str, list[AnnotationFile]]:
    planes: dict[str, list[AnnotationFile]] = defaultdict(list)
    for scan in scans:
        drawn = [f for f in scan.files if f in headers and headers[f].has_overlays]
        if drawn:
            kind, told_by = AnnotationKind.OVERLAY_PLANE, "the scan's own files"
            file = AnnotationFile(scan.source, kind, Format.DICOM, tuple(drawn), "", told_by)
            planes[scan.scan_id].append(file)
    return planes
