"""Segments that 3D Slicer describes in the header of a NRRD file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from medmask.readers.arrays.nrrd_header import parse_nrrd
from medmask.readers.arrays.text_header import numbers_of, read_start


@dataclass(frozen=True)
class Segment:
    """One segment.

    Attributes
    ----------
    name : str
    value : int
        Its label.
    layer : int
        The volume of the file that holds it, from 0 on; overlapping segments lie in several.
    colour : str or None
        ``#rrggbb``.
    """

    name: str
    value: int
    layer: int
    colour: str | None


def slicer_segments(path: Path) -> tuple[Segment, ...]:
    """Return the segments that a NRRD header describes, none if it describes none.

    Parameters
    ----------
    path : Path
        ``.seg.nrrd``.

    Raises
    ------
    BadHeader
        If the header is none, or a description holds something else than numbers.

    References
    ----------
    3D Slicer documentation, Developer guide, Segmentations: "Segmentation file format (.seg.nrrd)".
    """
    start = read_start(path)
    if not start.startswith(b"NRRD"):
        return ()
    header = parse_nrrd(start, path.name)
    keys = (re.fullmatch(r":=Segment(\d+)_ID", name) for name in header.fields)
    numbers = sorted(int(key[1]) for key in keys if key is not None)
    found = []
    for number in numbers:
        prefix = f":=Segment{number}_"

        def numbers_in(key: str, default: str, start: str = prefix) -> tuple[float, ...]:
            words = (header.text(start + key) or default).split()
            return numbers_of(words, start[2:] + key, path.name)

        rgb = numbers_in("Color", "")
        colour = None
        if len(rgb) == 3 and all(0 <= share <= 1 for share in rgb):
            colour = "#" + "".join(f"{round(255 * share):02x}" for share in rgb)
        found.append(
            Segment(
                name=header.text(f"{prefix}Name") or f"segment {number + 1}",
                value=int(numbers_in("LabelValue", str(number + 1))[0]),
                layer=int(numbers_in("Layer", "0")[0]),
                colour=colour,
            )
        )
    return tuple(found)
