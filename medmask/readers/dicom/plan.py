"""All that headers tell of a DICOM volume, checked before its pixels are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np

from medmask.errors import TooLarge
from medmask.outcome import ScanWarning
from medmask.readers.dicom.display import display_of
from medmask.readers.dicom.frame import StoredFrame, check_frame
from medmask.readers.dicom.geometry import Stack, stack
from medmask.readers.dicom.header import Header
from medmask.readers.dicom.instance import read_header
from medmask.readers.dicom.intensity import (
    demand_rescale_throughout,
    not_hounsfield,
    padding_of,
    rescale_of,
    same_rescale,
    table_of,
)
from medmask.readers.dicom.moments import choose_moments
from medmask.readers.dicom.slices import slice_headers
from medmask.readers.dicom.tables import Table
from medmask.readers.options import ReadOptions
from medmask.rescale import Rescale
from medmask.volume import RADIOGRAPH_MODALITIES, Display

_NATIVE_FLOAT: Final = np.dtype(np.float32)


@dataclass(frozen=True, eq=False)
class SeriesPlan:
    """All that is known of a series before its pixels are read.

    Attributes
    ----------
    stack : Stack
        Instances in slice order, and their grid.
    frames : tuple of StoredFrame
        Checked layouts, in slice order, or in that of time.
    rescales : tuple of Rescale
        One line a slice.
    tables : tuple of Table or None
        One a slice, ``None`` where it has a line.
    is_mean : bool
        Whether the frames are moments, of which the volume is the mean.
    dtype : dtype
        Of the volume that will be read.
    modality : str
    not_hounsfield : str
        Why a CT is not in Hounsfield units, as far as headers tell; empty for other modalities.
    display : Display or None
    warnings : tuple of ScanWarning
    """

    stack: Stack
    frames: tuple[StoredFrame, ...]
    rescales: tuple[Rescale, ...]
    tables: tuple[Table | None, ...]
    is_mean: bool
    dtype: np.dtype[Any]
    modality: str
    not_hounsfield: str
    display: Display | None
    warnings: tuple[ScanWarning, ...]

    @cached_property
    def is_uniform(self) -> bool:
        """Whether what the voxels hold means the same in every slice."""
        return _is_uniform(self.rescales, self.tables)

    @property
    def voxel_bytes(self) -> int:
        """Memory that the voxels take."""
        slices, rows, columns = self.stack.grid.shape
        return slices * rows * columns * self.dtype.itemsize


def plan_series(files: Sequence[Path], options: ReadOptions, stack_key: str = "") -> SeriesPlan:
    """Read the headers of one series and check that a volume can be made of it.

    Parameters
    ----------
    files : sequence of Path
        The files of one `Series`, in any order.
    options : ReadOptions
    stack_key : str
        Which stack of a multi-frame file, see `Series`.

    Raises
    ------
    ScanError, Skip
        See `plan_headers`.
    """
    return plan_headers([read_header(path) for path in sorted(files)], options, stack_key)


def plan_headers(
    of_files: Sequence[Header], options: ReadOptions, stack_key: str = ""
) -> SeriesPlan:
    """Check by the headers of one series that a volume can be made of it.

    Parameters
    ----------
    of_files : sequence of Header
        Of the files of one `Series`, in the order of their paths.
    options : ReadOptions
    stack_key : str
        Which stack of a multi-frame file, see `Series`.

    Raises
    ------
    ScanError
        Whatever headers alone can tell: see `check_frame`, `stack`, `rescale_of`.
    Skip
        If the files hold no scan.
    """
    headers, copies = slice_headers(of_files, stack_key)
    checked = {header.identity: check_frame(header) for header in headers}
    demand_rescale_throughout(headers)
    lines = {header.identity: rescale_of(header) for header in headers}
    chosen = choose_moments(headers, options, stack_key)
    planes = chosen.headers[:1] if chosen.is_mean else chosen.headers
    made = stack(planes, resample=options.irregular == "resample")
    placed = chosen.headers if chosen.is_mean else made.headers
    frames = tuple(checked[header.identity] for header in placed)
    rescales = tuple(lines[header.identity] for header in placed)
    tables = tuple(table_of(header) for header in placed)
    modality = made.headers[0].modality or options.stated_modality()
    unknown = () if modality else (_modality_warning(),)
    modality = modality or "OT"
    display, shown = _display(frames[0], rescales[0], tables[0], modality)
    plan = SeriesPlan(
        stack=made,
        frames=frames,
        rescales=rescales,
        tables=tables,
        is_mean=chosen.is_mean,
        dtype=_NATIVE_FLOAT if chosen.is_mean else _common_type(frames, rescales, tables),
        modality=modality,
        not_hounsfield=not_hounsfield(made.headers[0]) if modality == "CT" else "",
        display=display,
        warnings=(
            *(
                *_no_series_warning(made.headers[0]),
                *copies,
                *unknown,
                *chosen.warnings,
                *made.warnings,
            ),
            *(*shown, *_rescale_warning(rescales, tables)),
        ),
    )
    _demand_memory(plan, options)
    return plan


def _display(
    frame: StoredFrame, rescale: Rescale, table: Table | None, modality: str
) -> tuple[Display | None, tuple[ScanWarning, ...]]:
    if modality not in RADIOGRAPH_MODALITIES:
        return None, ()
    return display_of(frame, rescale, table)


def _is_uniform(rescales: Sequence[Rescale], tables: Sequence[Table | None]) -> bool:
    return same_rescale(rescales) and len({table is None for table in tables}) == 1


def _common_type(
    frames: Sequence[StoredFrame], rescales: Sequence[Rescale], tables: Sequence[Table | None]
) -> np.dtype[Any]:
    """Return the smallest type that holds all slices exactly."""
    if not _is_uniform(rescales, tables):
        return _NATIVE_FLOAT
    return np.result_type(
        *{
            frame.dtype if table is None else table.dtype_with(padding_of(frame.header))
            for frame, table in zip(frames, tables, strict=True)
        }
    )


def _no_series_warning(header: Header) -> tuple[ScanWarning, ...]:
    if not header.names_no_series:
        return ()
    message = f"{header.path.name} names no series, so it is a scan by itself; it may be a slice"
    return (ScanWarning("no_series_uid", message),)


def _modality_warning() -> ScanWarning:
    message = "neither modality nor class say what it is; it was taken as OT"
    return ScanWarning("modality_guessed", f"{message}; state it with --modality")


def _rescale_warning(
    rescales: Sequence[Rescale], tables: Sequence[Table | None]
) -> tuple[ScanWarning, ...]:
    if _is_uniform(rescales, tables):
        return ()
    slopes = [line.slope for line in rescales]
    message = (
        f"slope or intercept differs from slice to slice (slopes {min(slopes):g} to "
        f"{max(slopes):g}); native values are kept as float32"
    )
    return (ScanWarning("per_slice_rescale", message),)


def _demand_memory(plan: SeriesPlan, options: ReadOptions) -> None:
    if plan.voxel_bytes > options.largest_bytes:
        raise TooLarge(
            plan.frames[0].header.path.name,
            f"{plan.voxel_bytes} bytes of voxels",
            f"at most {options.largest_bytes}",
        )
