"""A DICOM series as a volume, read slice by slice as it was planned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medmask.hounsfield import LOWEST_HU
from medmask.readers.dicom.intensity import padding_of
from medmask.readers.dicom.pixels import read_frames
from medmask.readers.dicom.plan import SeriesPlan, plan_series
from medmask.readers.dicom.resample import Outside, arranged, mean_of
from medmask.readers.dicom.tables import OUTSIDE
from medmask.readers.hounsfield import as_hounsfield, no_hounsfield
from medmask.readers.options import ReadOptions
from medmask.readers.values import non_finite_warning
from medmask.rescale import Rescale
from medmask.volume import PaddingRange, Volume


def read_series(files: Sequence[Path], options: ReadOptions, stack_key: str = "") -> Volume:
    """Read one DICOM series.

    Parameters
    ----------
    files : sequence of Path
        The files of one `Series`, in any order.
    options : ReadOptions
    stack_key : str
        Which stack of a multi-frame file, see `Series`.

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
    plan = plan_series(files, options, stack_key)
    voxels = np.empty(plan.stack.grid.shape, plan.dtype)
    slices, outside = _slices(plan), _outside(plan)
    if plan.is_mean:
        slices = iter([mean_of(slices, outside)])
    for slab, one in zip(voxels, arranged(slices, plan.stack.sources, outside), strict=True):
        slab[...] = one
    volume = Volume(
        voxels=voxels,
        grid=plan.stack.grid,
        modality=plan.modality,
        rescale=plan.rescales[0] if plan.is_uniform else Rescale(),
        padding=_paddings(plan),
        display=plan.display,
        warnings=(*plan.warnings, *non_finite_warning(voxels, plan.frames[0].header.path.name)),
    )
    if plan.not_hounsfield:
        return no_hounsfield(volume, plan.not_hounsfield)
    return as_hounsfield(volume, plan.frames[0].header.path.name)


def _slices(plan: SeriesPlan) -> Iterator[NDArray[Any]]:
    for k, stored in enumerate(read_frames(plan.frames)):
        yield _slice(plan, k, stored)


def _slice(plan: SeriesPlan, k: int, stored: NDArray[Any]) -> NDArray[Any]:
    """Return a slice as the volume holds it: stored, looked up, or native with padding as NaN."""
    padding, table = padding_of(plan.frames[k].header), plan.tables[k]
    if plan.is_uniform:
        values = stored if table is None else table.look_up(stored, padding)
        return values.astype(plan.dtype, copy=False)
    if table is None:
        native = plan.rescales[k].native(stored).astype(plan.dtype)
    else:
        native = table.look_up(stored, None).astype(plan.dtype)
    if padding is not None:
        native[(stored >= padding.low) & (stored <= padding.high)] = np.nan
    return native


def _outside(plan: SeriesPlan) -> Outside:
    """Return which values of a slice are padding, fill or no numbers."""
    line = plan.rescales[0] if plan.is_uniform else Rescale()
    paddings = _paddings(replace(plan, is_mean=False))

    def outside(one: NDArray[Any]) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = ~np.isfinite(one)
        for span in paddings:
            np.logical_or(found, (one >= span.low) & (one <= span.high), out=found)
        if plan.modality == "CT" and not plan.not_hounsfield:
            np.logical_or(found, line.native(one) < LOWEST_HU, out=found)
        return found

    return outside


def _paddings(plan: SeriesPlan) -> tuple[PaddingRange, ...]:
    """Return what the volume holds where there is no image, each range once."""
    declared = [padding_of(frame.header) for frame in plan.frames]
    spans = tuple(dict.fromkeys(span for span in declared if span is not None))
    if not plan.is_uniform or plan.is_mean or not spans:
        return ()
    return spans if plan.tables[0] is None else (PaddingRange(OUTSIDE, OUTSIDE),)
