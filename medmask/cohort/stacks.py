"""Pictures of a folder as one scan."""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePosixPath
from typing import Final

from medmask.cohort.names import scan_id
from medmask.scan import Format, Scan

_PICTURES: Final = frozenset({Format.PNG, Format.JPEG, Format.TIFF})


def stacked(scans: list[Scan]) -> list[Scan]:
    """Return scans with the pictures of one folder and format put together.

    Parameters
    ----------
    scans : list of Scan
        Each picture a scan of its own.

    Returns
    -------
    list of Scan
        A folder with one picture of a format keeps it as it is. Whether pictures fit together is
        for their reader to say.
    """
    groups: dict[tuple[str, Format], list[Scan]] = defaultdict(list)
    for scan in scans:
        groups[str(PurePosixPath(scan.source).parent), scan.format].append(scan)
    made: list[Scan] = []
    for (folder, kind), group in groups.items():
        if kind not in _PICTURES or len(group) == 1:
            made += group
            continue
        name = scan_id(folder, f"stack of {kind}")
        files = tuple(path for scan in group for path in scan.files)
        made.append(Scan(name, name, folder, kind, files))
    return made
