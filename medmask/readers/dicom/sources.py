"""The instances behind a scan's slices, for objects that refer to them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from medmask.dicom_source import DicomSource, Position, SliceSource
from medmask.readers.border import reading
from medmask.readers.dicom.geometry import Stack
from medmask.readers.dicom.plan import plan_series
from medmask.readers.options import ReadOptions

IDENTITY: Final = (
    *("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "PatientAge"),
    *("StudyInstanceUID", "StudyDate", "StudyTime", "StudyID", "StudyDescription"),
    *("SeriesInstanceUID", "SeriesNumber", "SeriesDescription", "AccessionNumber"),
    *("InstitutionName", "ReferringPhysicianName"),
)
_MAY_BE_EMPTY: Final = (  # PS3.3 C.7.1.1 and C.7.2.1, type 2
    *("PatientName", "PatientID", "PatientBirthDate", "PatientSex"),
    *("StudyDate", "StudyTime", "ReferringPhysicianName", "StudyID", "AccessionNumber"),
)


def read_sources(files: Sequence[Path], options: ReadOptions, stack_key: str = "") -> DicomSource:
    """Return the headers of a series as `read_series` puts its slices in order.

    Parameters
    ----------
    files : sequence of Path
        The files of one `Series`, in any order.
    options : ReadOptions
        Those that the series was read with.
    stack_key : str
        Which stack of a multi-frame file, see `Series`.

    Raises
    ------
    ScanError
        See `plan_series`.
    """
    stack = plan_series(files, options, stack_key).stack
    paths = list(dict.fromkeys(header.path for header in stack.headers))
    parts = [SliceSource(paths.index(header.path), header.frame) for header in stack.headers]
    slices = tuple(
        tuple(parts[k] for k in dict.fromkeys((source.lower, source.upper)))
        for source in stack.sources
    )
    with reading(paths[0].name):
        instances = tuple(_header(path) for path in paths)
    return DicomSource(instances, slices, _positions(stack))


def read_identity(path: Path) -> dict[str, str]:
    """Return what an instance tells of its patient and study, by keyword; empty ones left out.

    Parameters
    ----------
    path : Path

    Raises
    ------
    ScanError
        If it cannot be read.
    """
    with reading(path.name):
        header = _header(path)
    found = {keyword: str(header.get(keyword, "")) for keyword in IDENTITY}
    return {keyword: text for keyword, text in found.items() if text}


def _header(path: Path) -> Any:  # noqa: ANN401 - a pydicom data set
    import pydicom

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        header = pydicom.dcmread(path, stop_before_pixels=True, force=True)
    for keyword in _MAY_BE_EMPTY:
        if keyword not in header:
            setattr(header, keyword, "")
    return header


def _positions(stack: Stack) -> tuple[Position, ...] | None:
    """Return the slices' own positions, as their headers round them; between slices the grid's."""
    placed = []
    for k, source in enumerate(stack.sources):
        header = stack.headers[source.upper]
        if header.position is None or header.orientation is None:
            return None
        x, y, z = (float(at) for at in stack.grid.world((k, 0, 0)))
        placed.append(header.position if source.lower == source.upper else (x, y, z))
    return tuple(placed)
