"""What the labels of a file are called, by the table beside it or its own header."""

from __future__ import annotations

from pathlib import Path

from medmask.annotations.slicer import slicer_segments
from medmask.annotations.tables import read_table, table_of


def label_names(path: Path) -> dict[int, str]:
    """Return the names of a label map's labels, empty where nobody named them.

    Parameters
    ----------
    path : Path
        A file; what 3D Slicer wrote into its header comes before a table beside it.
    """
    table = table_of(path)
    named = {} if table is None else {n: entry.name for n, entry in read_table(table).items()}
    return named | {segment.value: segment.name for segment in slicer_segments(path)}
