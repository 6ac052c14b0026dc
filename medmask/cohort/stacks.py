"""Pictures of a folder as one scan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from medmask.cohort.dicom_scans import beside_damage
from medmask.cohort.names import scan_id
from medmask.readers.modality import is_named_as_mask
from medmask.scan import Format, Scan

_PICTURES: Final = frozenset({Format.PNG, Format.JPEG, Format.TIFF})


def stacked(scans: list[Scan], damaged_in: Mapping[Path, str]) -> list[Scan]:
    """Return scans with the pictures of one folder and format put together.

    Parameters
    ----------
    scans : list of Scan
        Each picture a scan of its own.
    damaged_in : mapping of Path to str
        Folders that hold a picture which cannot be read, and its name.

    Returns
    -------
    list of Scan
        A folder with one picture of a format keeps it as it is, and so do pictures whose names
        say that they are masks: between slices they would be slices. Whether pictures fit together
        is for their reader to say.
    """
    groups: dict[tuple[str, Format, Path], list[Scan]] = defaultdict(list)
    made: list[Scan] = []
    for scan in scans:
        first = scan.files[0]
        if scan.format not in _PICTURES or is_named_as_mask(first):
            made.append(scan)
        else:
            groups[str(PurePosixPath(scan.source).parent), scan.format, first.parent].append(scan)
    known: set[str] = set()
    for (folder, kind, _), group in groups.items():
        if len(group) == 1:
            made += group
            continue
        name = scan_id(folder, f"stack of {kind}")
        if name in known:  # files of several folders, given one by one
            name = scan_id(folder, f"stack of {kind} from {group[0].source}")
        known.add(name)
        files = tuple(path for scan in group for path in scan.files)
        made.append(beside_damage(Scan(name, name, folder, kind, files), damaged_in))
    return made
