"""Inputs -> scans: every file is used by one, refused by a row, or counted with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from medmask.cohort.annotations import Material, Paired, pair
from medmask.cohort.dicom_scans import series_scans
from medmask.cohort.elsewhere import Mirrored, allotment, drawn_of, mirrored_in
from medmask.cohort.examine import Examined, examined, refusal
from medmask.cohort.given import Given
from medmask.cohort.names import scan_id
from medmask.cohort.stacks import stacked
from medmask.cohort.volumes import one_each
from medmask.cohort.walk import Found, walk
from medmask.outcome import Outcome
from medmask.readers import (
    Header,
    ReadOptions,
    is_read_annotation,
)
from medmask.scan import Format, Scan

_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff"})
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
    inputs: tuple[Path, ...],
    leave_out: Path | None = None,
    reading: ReadOptions | None = None,
    given: Given | None = None,
) -> Inventory:
    """Find every scan below some inputs, by content and from headers alone.

    Parameters
    ----------
    inputs : tuple of Path
        Folders or files.
    leave_out : Path, optional
        The run's own output, should it lie below an input.
    reading : ReadOptions, optional
        Whether pictures of a folder are slices of one scan, and volumes of a file scans.
    given : Given, optional
        Annotations that are given apart from the scans.

    Raises
    ------
    MissingInput
        If an input does not exist or cannot be listed.
    """
    found = walk(inputs, leave_out)
    mirror = given.path if given is not None and given.is_folder else None
    scanned = [file for file in found.files if not _is_below(file.path, mirror)]
    mirrored = mirrored_in(mirror) if mirror is not None else Mirrored()
    wishes = reading or ReadOptions()

    def paired(material: Material) -> Paired:
        drawn = [*material.drawn, *mirrored.by_reference]
        allot = allotment(given, inputs, mirrored)
        return pair(replace(material, drawn=drawn), wishes.annotations, allot)

    files = (one for some in examined(scanned) for one in some)
    taken = inventory_of(files, found.passed_over, wishes, paired)
    return replace(taken, refused=(*taken.refused, *mirrored.refused))


def inventory_of(
    files: Iterable[Examined],
    passed_over: Counter[str],
    reading: ReadOptions,
    paired: Callable[[Material], Paired],
) -> Inventory:
    """Return what some files are.

    Parameters
    ----------
    files : iterable of Examined
    passed_over : Counter of str
        How many other files there are, by reason.
    reading : ReadOptions
        See `take_inventory`.
    paired : callable
        Gives annotations to the scans that they were drawn on.
    """
    sorted_out = _Sorter(passed_over)
    for one in files:
        sorted_out.take(one)
    sorted_out.account_for_data_files()
    single = sorted_out.scans
    single = stacked(single, sorted_out.damaged_pictures) if reading.stacks else single
    scans = [*single, *series_scans(sorted_out.headers, sorted_out.damaged_in, reading)]
    scans = one_each(scans) if reading.time_series == "each" else scans
    headers = {header.path: header for _, header in sorted_out.headers}
    drawn = [drawn_of(file, Format.DICOM, header) for file, header in sorted_out.drawn]
    found = paired(Material(scans, headers, drawn))
    sorted_out.account_for_tables(found.scans)
    alone = (refusal(one.source, one.format, one.error, one.key) for one in found.refused)
    return Inventory(
        tuple(sorted(found.scans, key=lambda scan: (scan.source, scan.scan_id))),
        (*sorted_out.refused, *alone),
        tuple(sorted(sorted_out.not_used.items())),
    )


def _is_below(path: Path, folder: Path | None) -> bool:
    return folder is not None and path.is_relative_to(folder)


def _may_be_dicom(path: Path) -> bool:
    """Tell whether a file that cannot be sniffed may have been a slice, by its name's ending."""
    ending = path.suffix.lower()
    return ending in {"", ".dcm", ".dicom", ".ima"} or ending[1:].isdigit()  # UIDs end in numbers


class _Sorter:
    """Takes examined files one by one and puts each where it belongs."""

    def __init__(self, passed_over: Counter[str]) -> None:
        self.scans: list[Scan] = []
        self.headers: list[tuple[Found, Header]] = []
        self.drawn: list[tuple[Found, Header]] = []
        self.not_used = Counter(passed_over)
        self.damaged_in: dict[Path, str] = {}
        self.damaged_pictures: dict[Path, str] = {}
        self._refused: list[tuple[Path, Outcome]] = []
        self._no_images: list[Path] = []
        self._data_files: set[Path] = set()

    @property
    def refused(self) -> list[Outcome]:
        """The rows of files that are no scan."""
        return [row for _, row in self._refused]

    def take(self, one: Examined) -> None:
        """Keep one file as a scan, a slice, a refusal or a count."""
        path = one.file.path
        if one.error is not None:
            kind = "" if one.kind is None else str(one.kind)
            self._refused.append((path, refusal(one.file.source, kind, one.error)))
            if one.kind is Format.DICOM or (one.kind is None and _may_be_dicom(path)):
                self.damaged_in[path.parent] = path.name
            if path.suffix.lower() in _PICTURES:
                self.damaged_pictures[path.parent] = path.name
        elif one.header is not None and is_read_annotation(one.header.sop_class):
            self.drawn.append((one.file, one.header))
        elif one.header is not None and one.header.not_an_image:
            self.not_used[one.header.not_an_image] += 1
        elif one.header is not None:
            self.headers.append((one.file, one.header))
        elif one.kind is None:
            self._no_images.append(path)
        else:
            self._data_files.update(one.data)
            name = scan_id(one.file.source, "")
            files = (path, *one.data)
            self.scans.append(Scan(name, name, one.file.source, one.kind, files))

    def account_for_data_files(self) -> None:
        """Count what is no image, except for the voxels of detached headers, which are used."""
        used = self._data_files
        self._no_images = [path for path in self._no_images if path not in used]
        self.scans = [scan for scan in self.scans if scan.files[0] not in used]
        self.headers = [pair for pair in self.headers if pair[0].path not in used]
        self._refused = [pair for pair in self._refused if pair[0] not in used]

    def account_for_tables(self, scans: Sequence[Scan]) -> None:
        """Count what is left: no image, and no table of names that an annotation uses."""
        used = {path for scan in scans for file in scan.annotations for path in file.files}
        self.not_used.update(_reason(path) for path in self._no_images if path not in used)


def _reason(path: Path) -> str:
    return "text beside the scans" if path.suffix.lower() in _SIDECARS else "not an image"
