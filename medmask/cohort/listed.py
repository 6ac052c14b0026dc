"""Rows of a manifest -> what each of them holds; a row hangs on itself alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from medmask.cohort.annotations import Material, Paired, pair, with_stated
from medmask.cohort.drawn import Drawn
from medmask.cohort.elsewhere import opened
from medmask.cohort.examine import examined, refusal
from medmask.cohort.inventory import Inventory, inventory_of
from medmask.cohort.manifest import Manifest, Row
from medmask.cohort.manifest_table import Faults
from medmask.cohort.walk import walk_below
from medmask.errors import ScanError
from medmask.outcome import Outcome, Status
from medmask.readers import ReadOptions
from medmask.scan import Format, Scan

_NAMED = 4  # of several scans


def take_listed(
    manifest: Manifest, found_too: Inventory, leave_out: Path | None = None
) -> Inventory:
    """Find the scans that a manifest lists, and join them to those found below inputs.

    Parameters
    ----------
    manifest : Manifest
    found_too : Inventory
    leave_out : Path, optional
        The run's own output.

    Raises
    ------
    ManifestError
        If a row lists no scan, or several under one id or annotation, or two scans get one id.
    """
    faults = Faults(manifest.path.name)
    parts = [found_too]
    walks = [walk_below((row.root,), leave_out) for row in manifest.rows]
    every = examined([file for walk in walks for file in walk.files])
    files = (one for some in every for one in some)
    for row, walk in zip(manifest.rows, walks, strict=True):
        stated, refused = _stated(row, manifest.path.parent)
        reading = row.recipes.reading(row.modality)
        own = islice(files, len(walk.files))
        part = inventory_of(own, walk.passed_over, reading, _pairing(reading, stated))
        _demand_what_is_said(row, part, stated, faults)
        part = _named(row, part)
        parts.append(replace(part, refused=(*part.refused, *refused)))
    _demand_own_ids(parts, faults)
    faults.refuse()
    return _joined(parts)


def _stated(row: Row, folder: Path) -> tuple[list[Drawn], list[Outcome]]:
    """Return what a row says was drawn onto its scan, and rows of what cannot be read."""
    drawn, refused = [], []
    for path in row.annotations:
        try:
            drawn.append(opened(path, (folder,)))
        except ScanError as error:
            name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
            refused.append(refusal(name, "", error, f"annotation of {row.root.source}"))
    return drawn, refused


def _pairing(reading: ReadOptions, stated: Sequence[Drawn]) -> Callable[[Material], Paired]:
    """Return how annotations are given to a row's scans: to its one scan all that is stated.

    If the row holds several, segmentations and structure sets go by the images that they name.
    """
    own = {path for one in stated for path in one.files}
    by_reference = [one for one in stated if one.format is Format.DICOM]

    def paired(material: Material) -> Paired:
        rest = Material(
            [scan for scan in material.scans if scan.files[0] not in own],
            material.headers,
            [one for one in material.drawn if one.files[0] not in own],
        )
        found = pair(rest, reading.annotations)
        if len(found.scans) == 1:
            return with_stated(found, stated, rest.headers)
        if not by_reference:
            return found
        return pair(replace(rest, drawn=[*rest.drawn, *by_reference]), reading.annotations)

    return paired


def _demand_what_is_said(
    row: Row, part: Inventory, stated: Sequence[Drawn], faults: Faults
) -> None:
    """Note what a row says of its scans that is not so."""
    name = row.root.path.name
    if not part.scans and all(one.status is Status.SKIPPED for one in part.refused):
        reasons = [one.message for one in part.refused]
        reasons += [f"{count} files: {reason}" for reason, count in part.not_used]
        found = f" ({'; '.join(reasons[:_NAMED])})" if reasons else ""
        faults.add(row.line, "path", f"{name} holds no scan{found}")
    if len(part.scans) < 2:
        return
    sources = dict.fromkeys(scan.source for scan in part.scans)
    several = f"{name} holds {len(part.scans)} scans, in {', '.join([*sources][:_NAMED])}"
    several += " and more" if len(sources) > _NAMED else ""
    if row.scan_id:
        accepted = "a path that holds one scan, or no id: each is then named for its source"
        faults.add(
            row.line, "id", f"{row.scan_id!r} is one name, and {several}; accepted: {accepted}"
        )
    used = {path for scan in part.scans for file in scan.annotations for path in file.files}
    for one in stated:
        if one.files[0] not in used:
            accepted = "a path that holds one scan, or a drawing that names its images"
            faults.add(row.line, "annotation", f"{one.source}: {several}; accepted: {accepted}")


def _named(row: Row, part: Inventory) -> Inventory:
    """Return what a row holds, the one scan (or the one file that cannot be read) by its id."""
    scans = [replace(scan, line=row.line) for scan in part.scans]
    refused = [*part.refused]
    if row.scan_id and scans:
        scans[0] = _by_id(scans[0], row.scan_id)
    elif row.scan_id and len(refused) == 1:
        refused[0] = replace(refused[0], scan_id=row.scan_id, study_id=row.scan_id)
    return replace(part, scans=tuple(scans), refused=tuple(refused))


def _by_id(scan: Scan, name: str) -> Scan:
    study = name if scan.study_id == scan.scan_id else scan.study_id
    return replace(scan, scan_id=name, study_id=study)


def _demand_own_ids(parts: Sequence[Inventory], faults: Faults) -> None:
    """Note scans that would lie in one folder."""
    known: dict[str, Scan] = {}
    for scan in (scan for part in parts for scan in part.scans):
        other = known.setdefault(scan.scan_id.lower(), scan)
        if other is scan:
            continue
        line, twin = max((scan.line, other.source), (other.line, scan.source))
        where = f"line {min(scan.line, other.line)}" if scan.line and other.line else "an input"
        what = f"{scan.scan_id} is what {twin} of {where} is called, too"
        faults.add(line, "id", f"{what}; accepted: an id of its own")


def _joined(parts: Sequence[Inventory]) -> Inventory:
    scans = (scan for part in parts for scan in part.scans)
    not_used: Counter[str] = Counter()
    for part in parts:
        not_used.update(dict(part.not_used))
    return Inventory(
        tuple(sorted(scans, key=lambda scan: (scan.source, scan.scan_id))),
        tuple(row for part in parts for row in part.refused),
        tuple(sorted(not_used.items())),
    )
