"""Scans and what was drawn onto them, put together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from medmask.annotations.host import Host
from medmask.annotations.pair_dicom import DicomHosts
from medmask.annotations.pair_files import name_of, named, pair_files
from medmask.cohort.drawn import Drawn
from medmask.cohort.given import Allotted, Wish
from medmask.errors import ScanError
from medmask.readers import Header
from medmask.scan import AnnotationFile, AnnotationKind, Format, Scan

_PICTURES = frozenset({Format.PNG, Format.JPEG, Format.TIFF})


@dataclass(frozen=True)
class Refused:
    """An annotation's file without a scan, or that cannot be read.

    Attributes
    ----------
    source, format : str
    error : ScanError
    key : str
        Tells rows of one source apart.
    """

    source: str
    format: str
    error: ScanError
    key: str = "annotation"


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
    drawn : sequence of Drawn
        Segmentations and structure sets.
    """

    scans: Sequence[Scan]
    headers: Mapping[Path, Header]
    drawn: Sequence[Drawn]


def pair(
    material: Material,
    patterns: Sequence[str],
    allot: Callable[[Sequence[Host]], Allotted] | None = None,
) -> Paired:
    """Give each annotation to the scan it was drawn on.

    Parameters
    ----------
    material : Material
    patterns : sequence of str
        The recipe's, for files that are no DICOM.
    allot : callable, optional
        From all scans to the pairs that the request states, which count before all others.
    """
    hosts = [_host(scan, material.headers) for scan in material.scans]
    stated = Allotted() if allot is None else allot(hosts)
    given: dict[str, list[AnnotationFile]] = defaultdict(list)
    for host, drawn, name in stated.pairs:
        called = name or _own_name(drawn.source, host)
        given[host.scan.scan_id].append(drawn.called(called, "the request"))
    refused = [_without_scan(one, error) for one, error in stated.alone]
    taken = {path for _, drawn, _ in stated.pairs for path in drawn.files}
    files = [scan for scan in material.scans if _may_be_drawn(scan) and scan.files[0] not in taken]
    hosts = [host for host in hosts if host.scan.files[0] not in taken]
    by_name = pair_files(files, hosts, patterns)
    for found in by_name.pairs:
        drawn = Drawn(found.file.source, found.file.format, found.file.files)
        for host in found.hosts:
            name = found.name or _own_name(drawn.source, host)
            given[host.scan.scan_id].append(drawn.called(name, found.paired_by))
    refused += [Refused(scan.source, str(scan.format), error) for scan, error in by_name.alone]
    taken |= {one.file.files[0] for one in by_name.pairs}
    taken |= {scan.files[0] for scan, _ in by_name.alone}
    hosts = [host for host in hosts if host.scan.files[0] not in taken]
    drawn_too = [one for one in material.drawn if one.files[0] not in taken]
    refused += _give_dicom(drawn_too, hosts, given)
    planes = _overlay_planes([host.scan for host in hosts], material.headers)
    return Paired(
        tuple(
            replace(host.scan, annotations=_ordered((*given[key], *planes[key])))
            for host in hosts
            for key in [host.scan.scan_id]
        ),
        tuple(refused),
    )


def with_stated(paired: Paired, drawn: Sequence[Drawn], headers: Mapping[Path, Header]) -> Paired:
    """Give what the request states to the one scan that there is.

    Parameters
    ----------
    paired : Paired
        With one scan.
    drawn : sequence of Drawn
    headers : mapping of Path to Header
        Of the scan's DICOM instances.
    """
    (scan,) = paired.scans
    host = _host(scan, headers)
    stated = (one.called(_own_name(one.source, host), "the request") for one in drawn)
    annotated = replace(scan, annotations=_ordered((*scan.annotations, *stated)))
    return replace(paired, scans=(annotated,))


def _without_scan(one: Drawn | Wish, error: ScanError) -> Refused:
    if isinstance(one, Drawn):
        return Refused(one.source, str(one.format), error)
    return Refused(one.annotation, "", error, f"line {one.line}")


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


def _own_name(source: str, host: Host) -> str:
    """Return a file's name without the words it shares with its scan's: CT_mask is mask."""
    words, theirs = (re.split(r"([_. -])", name) for name in (name_of(source), host.named.stem))
    shared = 0
    while shared < min(len(words), len(theirs)) and words[shared] == theirs[shared]:
        shared += 1
    return "".join(words[shared:]).strip("_-. ") or name_of(source)


def _give_dicom(
    drawn: Sequence[Drawn], hosts: Sequence[Host], given: dict[str, list[AnnotationFile]]
) -> list[Refused]:
    """Give segmentations and structure sets to their scans; return those without one."""
    known, refused = DicomHosts(hosts) if drawn else None, []
    for one in drawn:
        assert known is not None
        file = one.called("", "")
        try:
            host, told_by = known.host_of(file)
        except ScanError as error:
            refused.append(Refused(one.source, str(Format.DICOM), error))
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
