"""Journal -> scans.csv, run.json, dataset_description.json: what a person or script opens."""

from __future__ import annotations

import platform
import socket
from collections import Counter
from importlib import metadata
from pathlib import Path

from medmask.cohort.journal import Journal
from medmask.version import __version__
from medmask.writers import convert_csv, json_bytes, scans_csv, write_atomically

_BIDS_VERSION = "1.10.0"
_LIBRARIES = ("numpy", "scipy", "SimpleITK", "pydicom", "nibabel", "pillow")


def write_tables(output: Path, journal: Journal) -> None:
    """Write the tables of the run that the journal tells of.

    Parameters
    ----------
    output : Path
        The run's folder.
    journal : Journal

    Raises
    ------
    WriteFailed
        If a file cannot be written whole.
    """
    rows = journal.outcomes()
    facts = journal.fact("run") or {}
    table = convert_csv(rows) if facts.get("task") == "convert" else scans_csv(rows)
    write_atomically(output / "scans.csv", table)
    document = {
        "medmask": __version__,
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
        "platform": platform.platform(),
        "host": socket.gethostname(),
        "counts": dict(sorted(Counter(str(row.status) for row in rows).items())),
        "codes": dict(sorted(Counter(row.code for row in rows if row.code).items())),
        **facts,
    }
    write_atomically(output / "run.json", json_bytes(document))
    write_atomically(output / "dataset_description.json", json_bytes(_description(facts)))


def _description(facts: dict[str, object]) -> dict[str, object]:
    """Return the header of a BIDS derivative."""
    return {
        "Name": "medmask: bone and soft-tissue masks",
        "BIDSVersion": _BIDS_VERSION,
        "DatasetType": "derivative",
        "GeneratedBy": [{"Name": "medmask", "Version": __version__}],
        "SourceDatasets": [{"URL": f"local:{name}"} for name in facts.get("inputs", ())],  # type: ignore[attr-defined]
    }
