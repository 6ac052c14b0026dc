"""DICOM annotations to the scans that they were drawn on."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Sequence

from medmask.annotation import Fit
from medmask.annotations.host import Host
from medmask.annotations.read import read_annotation
from medmask.annotations.references import References, references_of
from medmask.errors import ScanError, ScanMissing, SeveralScans
from medmask.readers import ReadOptions, survey
from medmask.scan import AnnotationFile

_TRIED = 8  # scans of one frame of reference that are held against an annotation
_AN_ANNOTATION = "an annotation whose scan is among the inputs, or a table that names the pair"


class DicomHosts:
    """Scans by the UIDs that annotations refer to.

    Parameters
    ----------
    hosts : sequence of Host
    """

    def __init__(self, hosts: Sequence[Host]) -> None:
        self._by_instance: dict[str, list[Host]] = defaultdict(list)
        self._by_series: dict[str, list[Host]] = defaultdict(list)
        self._by_frame: dict[str, list[Host]] = defaultdict(list)
        for host in hosts:
            for instance in host.instances:
                self._by_instance[instance].append(host)
            if host.series:
                self._by_series[host.series].append(host)
            if host.frame_of_reference:
                self._by_frame[host.frame_of_reference].append(host)

    def host_of(self, file: AnnotationFile) -> tuple[Host, str]:
        """Return the scan that an annotation was drawn on, and by what it is told.

        The images it refers to decide, then their series. If it refers to none, the frame of
        reference does, and among several scans of one the grid on whose voxels it lies.

        Parameters
        ----------
        file : AnnotationFile
            A segmentation or structure set.

        Raises
        ------
        ScanMissing
            If there is no such scan.
        SeveralScans
            If there are several.
        ScanError
            If the file cannot be read.
        """
        where = file.files[0].name
        references = references_of(file.files[0])
        by_instance = self._most_referred(references)
        if by_instance:
            return _only(by_instance, file), "the images it refers to"
        by_series = [host for series in references.series for host in self._by_series[series]]
        if by_series:
            return _only(by_series, file), "the series it refers to"
        if references.names_images:
            found = "the images it was drawn on are not among the scans"
            raise ScanMissing(where, found, _AN_ANNOTATION)
        frames = references.frames_of_reference
        by_frame = [host for frame in frames for host in self._by_frame[frame]]
        if not by_frame:
            found = "it refers to no images, and no scan is of its frame of reference"
            raise ScanMissing(where, found, _AN_ANNOTATION)
        chosen = by_frame if len(by_frame) == 1 else _upon(by_frame, file)
        return _only(chosen, file), "the frame of reference and its position"

    def _most_referred(self, references: References) -> list[Host]:
        """Return the scans that hold most of the images referred to."""
        counts: Counter[str] = Counter()
        hosts: dict[str, Host] = {}
        for instance in references.instances:
            for host in self._by_instance.get(instance, ()):
                counts[host.scan.scan_id] += 1
                hosts[host.scan.scan_id] = host
        most = max(counts.values(), default=0)
        return [hosts[name] for name, count in sorted(counts.items()) if count == most]


def _only(hosts: Sequence[Host], file: AnnotationFile) -> Host:
    """Return the one host; of copies of a series the one that lies nearest to the annotation."""
    if len(hosts) == 1:
        return hosts[0]
    near = [_shared_folders(host.scan.source, file.source) for host in hosts]
    nearest = [host for host, depth in zip(hosts, near, strict=True) if depth == max(near)]
    if len(nearest) == 1:
        return nearest[0]
    names = ", ".join(sorted(host.scan.source for host in nearest)[:4])
    found = f"{len(nearest)} scans may be meant: {names}"
    raise SeveralScans(file.files[0].name, found, "one scan, or a table that names the pair")


def _shared_folders(first: str, second: str) -> int:
    here, there = os.path.dirname(first), os.path.dirname(second)  # noqa: PTH120 - text, no path
    shared = 0
    for one, other in zip(here.split("/"), there.split("/"), strict=False):
        if one != other:
            break
        shared += 1
    return shared


def _upon(hosts: Sequence[Host], file: AnnotationFile) -> list[Host]:
    """Return the hosts on whose own voxels or slices all of an annotation lies."""
    found = []
    for host in hosts[:_TRIED]:
        scan = host.scan
        try:
            grid = survey(scan, ReadOptions()).grid
            if grid is None:
                continue
            laid = read_annotation(file, scan, grid).annotations
        except ScanError:
            continue  # it does not lie upon this one
        if all(one.verdict.fit in {Fit.IDENTICAL, Fit.SNAPPED} for one in laid):
            found.append(host)
    return found or list(hosts)
