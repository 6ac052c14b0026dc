"""Label maps and pictures to the scans that they were drawn on, by their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from medmask.annotations.bids import BidsName, stated_sources
from medmask.annotations.host import Host
from medmask.annotations.patterns import Hit, Named, Names
from medmask.errors import ScanMissing, SeveralScans
from medmask.readers.modality import is_named_as_mask, stem
from medmask.scan import Format, Scan

_PICTURES: Final = frozenset({Format.PNG, Format.JPEG, Format.TIFF})


@dataclass(frozen=True)
class Pair:
    """A file and the scans it belongs to.

    Attributes
    ----------
    file : Scan
        The annotation, as what it was found as.
    hosts : tuple of Host
        Several for the volumes of one file.
    name : str
        What it is called, as far as its file's name tells.
    paired_by : str
    """

    file: Scan
    hosts: tuple[Host, ...]
    name: str
    paired_by: str


@dataclass(frozen=True)
class Pairs:
    """What pairing by names comes to.

    Attributes
    ----------
    pairs : tuple of Pair
    alone : tuple of (Scan, ScanMissing or SeveralScans)
        Files that are annotations by name, and why they have no scan.
    """

    pairs: tuple[Pair, ...]
    alone: tuple[tuple[Scan, ScanMissing | SeveralScans], ...]


def pair_files(files: Sequence[Scan], hosts: Sequence[Host], patterns: Sequence[str]) -> Pairs:
    """Pair files with scans by BIDS names, by patterns, and by being alone in a folder.

    Parameters
    ----------
    files : sequence of Scan
        Single files that are no DICOM: scans or annotations.
    hosts : sequence of Host
        All scans, some of which may turn out to be annotations.
    patterns : sequence of str
        See `Names`.
    """
    able = [host for host in hosts if not _is_mask(host.scan)]
    by_pattern = _by_patterns(files, able, patterns)
    known = _Known([host for host in able if host.scan.source not in by_pattern])
    pairs, alone = [], []
    for file in files:
        hits = by_pattern.get(file.source)
        if hits is None and not _is_mask(file):
            continue
        try:
            pairs.append(_pair(file, hits, known))
        except (ScanMissing, SeveralScans) as error:
            alone.append((file, error))
    return Pairs(tuple(pairs), tuple(alone))


def named(source: str, *, is_folder: bool) -> Named:
    """Return where a file or folder lies and what it is called, from its source."""
    path = PurePosixPath(source)
    folder = "" if str(path.parent) == "." else str(path.parent)
    return Named(folder, path.name if is_folder else name_of(source))


def name_of(source: str) -> str:
    """Return a file's name without the ending of its format."""
    name = stem(Path(PurePosixPath(source).name))
    ending = PurePosixPath(name).suffix.lower()
    pictures = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".dcm"}
    return name[: -len(ending)] if ending in pictures else name


Hits = list[tuple[Host, Hit]]


def _by_patterns(
    files: Sequence[Scan], hosts: Sequence[Host], patterns: Sequence[str]
) -> Mapping[str, Hits]:
    """Return for each file that a pattern names the hosts that it may belong to, best first."""
    names = Names([named(file.source, is_folder=False) for file in files], patterns)
    found: dict[str, Hits] = defaultdict(list)
    for host in hosts:
        for hit in names.hits(host.named):
            file = files[hit.file]
            is_kind = (file.format in _PICTURES) == (host.scan.format in _PICTURES)
            is_film = host.scan.format is Format.DICOM
            if file.source != host.scan.source and (is_kind or is_film):
                found[file.source].append((host, hit))
    return found


class _Known:
    """Hosts by what files may name them by."""

    def __init__(self, hosts: Sequence[Host]) -> None:
        self.by_name: dict[str, list[Host]] = defaultdict(list)
        self.by_entities: dict[frozenset[tuple[str, str]], list[Host]] = defaultdict(list)
        self.below: dict[PurePosixPath, list[Host]] = defaultdict(list)
        for host in hosts:
            self.by_name[host.scan.files[0].name].append(host)
            name = BidsName.of(host.scan.files[0])
            if name is not None:
                self.by_entities[name.of_source].append(host)
            for folder in PurePosixPath(host.scan.source).parents:
                self.below[folder].append(host)
            self.below[PurePosixPath(host.scan.source)].append(host)


def _pair(file: Scan, hits: Hits | None, known: _Known) -> Pair:
    by_bids = _by_bids(file, known)
    if by_bids:
        label = BidsName.of(file.files[0])
        parts = [label.entities.get(key, "") for key in ("label", "desc")] if label else []
        return Pair(file, by_bids, "-".join(filter(None, parts)), "its BIDS name")
    if hits:
        best = min(hit.rank for _, hit in hits)
        chosen = {host.scan.scan_id: (host, hit) for host, hit in hits if hit.rank == best}
        hosts_met = _one_file([host for host, _ in chosen.values()], file)
        hit = next(iter(chosen.values()))[1]
        return Pair(file, hosts_met, hit.name.strip("_- "), f"the pattern {hit.pattern}")
    return Pair(file, _alone_with(file, known), "", "being with the only scan of its folder")


def _by_bids(file: Scan, known: _Known) -> tuple[Host, ...]:
    """Return the hosts that a file's sidecar or entities name, nothing if it is no BIDS file."""
    own = BidsName.of(file.files[0])
    if own is None or not own.is_annotation:
        return ()
    by_sidecar = [host for name in stated_sources(file.files[0]) for host in known.by_name[name]]
    if by_sidecar:
        return _one_file(by_sidecar, file)
    fitting = known.by_entities.get(own.of_source, [])
    kind = PurePosixPath(file.source).parent.name
    same_kind = [h for h in fitting if PurePosixPath(h.scan.source).parent.name == kind]
    return _one_file(same_kind or fitting, file) if fitting else ()


def _alone_with(file: Scan, known: _Known) -> tuple[Host, ...]:
    """Return the one scan in a file's folder or below it."""
    below = known.below.get(PurePosixPath(file.source).parent, [])
    if not below:
        accepted = "a name that a pattern of the recipe makes of its scan's, or a table of pairs"
        raise ScanMissing(file.files[0].name, "no scan has a name that goes with its own", accepted)
    return _one_file(below, file)


def _one_file(hosts: Sequence[Host], file: Scan) -> tuple[Host, ...]:
    """Demand one file or series; several volumes of one file are all right."""
    if len({host.scan.files for host in hosts}) == 1:
        return tuple(hosts)
    names = sorted({host.scan.source for host in hosts})
    found = f"{len(names)} scans may be meant: {', '.join(names[:4])}"
    accepted = "a name that goes with one scan alone, or a table of pairs"
    raise SeveralScans(file.files[0].name, found, accepted)


def _is_mask(scan: Scan) -> bool:
    return scan.format is not Format.DICOM and is_named_as_mask(_plain(scan.files[0]))


def _plain(path: Path) -> Path:
    return path.with_name(name_of(path.name))
