"""A DICOM series as a volume: planned from headers, then read slice by slice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from medmask.errors import DuplicatePositions, IsAnnotation, MixedGeometry, Skip, TooLarge
from medmask.outcome import ScanWarning
from medmask.readers.dicom.frame import StoredFrame, check_frame
from medmask.readers.dicom.geometry import Stack, stack
from medmask.readers.dicom.header import Header
from medmask.readers.dicom.instance import read_header
from medmask.readers.dicom.intensity import display_of, padding_of, rescale_of, same_rescale
from medmask.readers.dicom.kinds import is_annotation
from medmask.readers.dicom.pixels import pixel_bytes, read_frame
from medmask.readers.dicom.resample import Outside, arranged
from medmask.readers.hounsfield import LOWEST_HU, as_hounsfield
from medmask.readers.options import ReadOptions
from medmask.readers.values import non_finite_warning
from medmask.rescale import Rescale
from medmask.volume import RADIOGRAPH_MODALITIES, Display, PaddingRange, Volume

_NATIVE_FLOAT: Final = np.dtype(np.float32)


@dataclass(frozen=True, eq=False)
class SeriesPlan:
    """All that is known of a series before its pixels are read.

    Attributes
    ----------
    stack : Stack
        Instances in slice order, and their grid.
    frames : tuple of StoredFrame
        Checked layouts, in slice order.
    rescales : tuple of Rescale
        One line an instance.
    dtype : dtype
        Of the volume that will be read.
    modality : str
    display : Display or None
    warnings : tuple of ScanWarning
    """

    stack: Stack
    frames: tuple[StoredFrame, ...]
    rescales: tuple[Rescale, ...]
    dtype: np.dtype[Any]
    modality: str
    display: Display | None
    warnings: tuple[ScanWarning, ...]

    @property
    def voxel_bytes(self) -> int:
        """Memory that the voxels take."""
        slices, rows, columns = self.stack.grid.shape
        return slices * rows * columns * self.dtype.itemsize


def plan_series(files: Sequence[Path], options: ReadOptions) -> SeriesPlan:
    """Read the headers of one series and check that a volume can be made of it.

    Parameters
    ----------
    files : sequence of Path
        The files of one `Series`, in any order.
    options : ReadOptions

    Raises
    ------
    ScanError
        Whatever headers alone can tell: see `check_frame`, `stack`, `rescale_of`.
    Skip
        If the files hold no scan.
    """
    headers = [read_header(path) for path in sorted(files)]
    _demand_images(headers)
    headers, copies = _without_copies(headers)
    checked = {header.path: check_frame(header) for header in headers}
    lines = {header.path: rescale_of(header) for header in headers}
    made = stack(headers, resample=options.irregular == "resample")
    frames = tuple(checked[header.path] for header in made.headers)
    rescales = tuple(lines[header.path] for header in made.headers)
    modality = made.headers[0].modality or options.stated_modality() or "OT"
    display, shown = _display(frames[0], rescales[0], modality)
    plan = SeriesPlan(
        stack=made,
        frames=frames,
        rescales=rescales,
        dtype=_common_type(frames, rescales),
        modality=modality,
        display=display,
        warnings=(*copies, *made.warnings, *shown, *_rescale_warning(rescales)),
    )
    _demand_memory(plan, options)
    return plan


def read_series(files: Sequence[Path], options: ReadOptions) -> Volume:
    """Read one DICOM series.

    Parameters
    ----------
    files : sequence of Path
        The files of one `Series`, in any order.
    options : ReadOptions

    Returns
    -------
    Volume
        Stored values in the smallest type that holds all slices; native values as float32 where
        the rescale differs from slice to slice (PET and some MR).

    Raises
    ------
    ScanError
        See `plan_series`; and if pixels do not decode.
    """
    plan = plan_series(files, options)
    voxels = np.empty(plan.stack.grid.shape, plan.dtype)
    is_uniform = same_rescale(plan.rescales)
    slices = (
        _slice(frame, plan.dtype, None if is_uniform else line)
        for frame, line in zip(plan.frames, plan.rescales, strict=True)
    )
    for slab, one in zip(voxels, arranged(slices, plan.stack.sources, _outside(plan)), strict=True):
        slab[...] = one
    volume = Volume(
        voxels=voxels,
        grid=plan.stack.grid,
        modality=plan.modality,
        rescale=plan.rescales[0] if is_uniform else Rescale(),
        padding=_paddings(plan) if is_uniform else (),
        display=plan.display,
        warnings=(*plan.warnings, *non_finite_warning(voxels, plan.frames[0].header.path.name)),
    )
    return as_hounsfield(volume, plan.frames[0].header.path.name)


def _slice(frame: StoredFrame, dtype: np.dtype[Any], line: Rescale | None) -> NDArray[Any]:
    """Return one slice: stored values, or native ones with padding as NaN if a line is given."""
    stored = read_frame(frame, frame.header.intensity.padding)
    if line is None:
        return stored.astype(dtype, copy=False)
    native = line.native(stored).astype(dtype)
    padding = padding_of(frame.header)
    if padding is not None:
        native[(stored >= padding.low) & (stored <= padding.high)] = np.nan
    return native


def _outside(plan: SeriesPlan) -> Outside:
    """Return which values of a slice are padding, fill or no numbers."""
    is_uniform = same_rescale(plan.rescales)
    line = plan.rescales[0] if is_uniform else Rescale()
    paddings = _paddings(plan) if is_uniform else ()

    def outside(one: NDArray[Any]) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = ~np.isfinite(one)
        for span in paddings:
            np.logical_or(found, (one >= span.low) & (one <= span.high), out=found)
        if plan.modality == "CT":
            np.logical_or(found, line.native(one) < LOWEST_HU, out=found)
        return found

    return outside


def _demand_images(headers: Sequence[Header]) -> None:
    """Demand instances without fault, all of one series and all images."""
    for header in headers:
        if header.fault is not None:
            raise header.fault
    first = headers[0]
    for header in headers:
        if header.not_an_image:
            error = IsAnnotation if is_annotation(header.sop_class) else Skip
            raise error(header.path.name, header.not_an_image, "an image")
        if (header.study_uid, header.series_uid) != (first.study_uid, first.series_uid):
            raise MixedGeometry(header.path.name, "an instance of another series", "one series")


def _without_copies(
    headers: Sequence[Header],
) -> tuple[list[Header], tuple[ScanWarning, ...]]:
    """Drop bit-equal copies of an instance; one UID on two objects fails (PS3.5 9)."""
    by_uid: dict[str, list[Header]] = defaultdict(list)
    for header in headers:
        by_uid[header.sop_instance or header.path.name].append(header)
    unique, dropped = [], []
    for same in by_uid.values():
        first, *copies = same
        unique.append(first)
        for copy in copies:
            if replace(copy, path=first.path) != first or pixel_bytes(copy) != pixel_bytes(first):
                raise DuplicatePositions(
                    copy.path.name,
                    f"the same SOP Instance UID as {first.path.name}, but another content",
                    "one UID for one object",
                )
            dropped.append(copy.path.name)
    if not dropped:
        return unique, ()
    message = f"{len(dropped)} bit-equal copies were left out, such as {dropped[0]}"
    return unique, (ScanWarning("duplicate_instances", message),)


def _display(
    frame: StoredFrame, rescale: Rescale, modality: str
) -> tuple[Display | None, tuple[ScanWarning, ...]]:
    if modality not in RADIOGRAPH_MODALITIES:
        return None, ()
    return display_of(frame, rescale)


def _common_type(frames: Sequence[StoredFrame], rescales: Sequence[Rescale]) -> np.dtype[Any]:
    """Return the smallest type that holds all slices exactly."""
    if not same_rescale(rescales):
        return _NATIVE_FLOAT
    return np.result_type(*{frame.dtype for frame in frames})


def _rescale_warning(rescales: Sequence[Rescale]) -> tuple[ScanWarning, ...]:
    if same_rescale(rescales):
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


def _paddings(plan: SeriesPlan) -> tuple[PaddingRange, ...]:
    """Return the padding that instances declare, each range once."""
    declared = [padding_of(frame.header) for frame in plan.frames]
    return tuple(dict.fromkeys(span for span in declared if span is not None))
