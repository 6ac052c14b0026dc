"""NIfTI files as volumes; the only place where RAS+ becomes LPS+."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from medmask.errors import BadHeader, IsAnnotation
from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.readers.hounsfield import as_hounsfield
from medmask.readers.modality import guessed_modality, is_named_as_mask, stated_modality
from medmask.readers.nifti_bytes import NiftiContent, read_content, read_header_only
from medmask.readers.nifti_header import INTENT_LABEL, NiftiHeader
from medmask.readers.options import ReadOptions
from medmask.readers.sniff import name_warning
from medmask.readers.values import non_finite_warning, only_values
from medmask.scan import Format
from medmask.volume import SpaceCodes, Volume

_RAS_TO_LPS: Final = np.diag([-1.0, -1.0, 1.0, 1.0])
_FORMS_APART_VOXELS: Final = 0.1  # sform and qform are rounded apart by far less
_PIXDIM_APART: Final = 0.01  # relative
_MASK_VALUES: Final = (frozenset({0.0}), frozenset({0.0, 1.0}), frozenset({0.0, 255.0}))
_NOT_A_SCAN: Final = "a scan with intensities"


def read_nifti(path: Path, options: ReadOptions) -> Volume:
    """Read a NIfTI file of one volume.

    Parameters
    ----------
    path : Path
        ``.nii`` or ``.nii.gz``, NIfTI-1 or NIfTI-2; the content decides, not the name.
    options : ReadOptions

    Returns
    -------
    Volume
        Voxels in the file's own type as (slice, row, column) = (z, y, x), nothing resampled.

    Raises
    ------
    ScanError
        See `read_content` and `parse_header`.
    IsAnnotation
        If name, intent or values say that it is a mask.
    """
    _demand_no_mask_name(path)
    content = read_content(path, options.largest_bytes)
    header = content.header
    voxels = _voxels(content)
    _demand_no_mask_values(voxels, header, path.name)
    grid, placed = grid_of(header, path.name)
    volume = Volume(
        voxels=voxels,
        grid=grid,
        modality="OT",
        rescale=header.rescale,
        warnings=(
            *name_warning(path, Format.NIFTI, is_gzip=content.is_gzip),
            *placed,
            *_tail_warning(content.tail_bytes),
            *non_finite_warning(voxels, path.name),
        ),
        space_codes=SpaceCodes(header.qform_code, header.sform_code),
    )
    return as_hounsfield(_with_modality(volume, path, options), path.name)


def inspect_nifti(path: Path, options: ReadOptions) -> tuple[NiftiHeader, bool]:
    """Return a checked header and whether the file is gzip, without reading voxels.

    Raises
    ------
    ScanError
        Whatever the header alone can tell.
    """
    _demand_no_mask_name(path)
    content = read_header_only(path, options.largest_bytes)
    _demand_no_label_intent(content.header, path.name)
    return content.header, content.is_gzip


def grid_of(header: NiftiHeader, where: str) -> tuple[Grid, tuple[ScanWarning, ...]]:
    """Return the grid of a NIfTI header: sform if coded, else qform, else pixdim alone.

    Parameters
    ----------
    header : NiftiHeader
    where : str
        Names the file in errors.

    Raises
    ------
    BadHeader
        If there is neither form and pixdim is no spacing.
    """
    warnings = [] if header.unit_known else [_unit_warning()]
    oriented = True
    if header.sform is not None:
        ras = header.sform
        warnings += _disagreements(header)
    elif header.qform is not None:
        ras = header.qform
    else:
        oriented = False
        ras = _from_pixdim(header, where)
        message = "sform and qform codes are 0: left, right and position are unknown"
        warnings.append(ScanWarning("no_orientation", message))
    scaled = ras.copy()
    scaled[:3] *= header.unit_mm
    affine = (_RAS_TO_LPS @ scaled)[:, [2, 1, 0, 3]]  # columns for (z, y, x), as the array
    x, y, z = header.shape
    return Grid((z, y, x), affine, oriented=oriented), tuple(warnings)


def _unit_warning() -> ScanWarning:
    return ScanWarning("units_assumed", "xyzt_units are not set; millimetres were assumed")


def _from_pixdim(header: NiftiHeader, where: str) -> NDArray[np.float64]:
    if not (np.isfinite(header.pixdim).all() and (header.pixdim > 0).all()):
        found = f"pixdim is {header.pixdim.tolist()} and there is no other geometry"
        raise BadHeader(where, found, "three positive lengths")
    return np.diag([*header.pixdim, 1.0])


def _disagreements(header: NiftiHeader) -> list[ScanWarning]:
    """Return warnings where the sform, which is taken, contradicts qform or pixdim."""
    warnings = []
    sform = header.sform
    assert sform is not None
    lengths = np.linalg.norm(sform[:3, :3], axis=0)
    if header.qform is not None:
        corners = np.array(np.meshgrid(*[(0, n - 1) for n in header.shape])).reshape(3, -1)
        apart = (sform - header.qform)[:3] @ np.vstack([corners, np.ones(corners.shape[1])])
        worst = float(np.linalg.norm(apart, axis=0).max())
        if worst > _FORMS_APART_VOXELS * lengths.min():
            message = f"sform and qform differ by up to {worst:.2f} units; the sform was taken"
            warnings.append(ScanWarning("sform_qform_differ", message))
    elif not np.allclose(header.pixdim, lengths, rtol=_PIXDIM_APART, atol=0):
        message = (
            f"pixdim is {header.pixdim.tolist()}, the sform steps {lengths.round(4).tolist()}; "
        )
        warnings.append(ScanWarning("pixdim_differs", message + "the sform was taken"))
    return warnings


def _voxels(content: NiftiContent) -> NDArray[Any]:
    assert content.voxels is not None
    return content.voxels


def _with_modality(volume: Volume, path: Path, options: ReadOptions) -> Volume:
    word = options.stated_modality() or stated_modality(path)
    if word:
        return replace(volume, modality=word)
    guess, warning = guessed_modality(volume)
    return replace(volume, modality=guess, warnings=(*volume.warnings, warning))


def _tail_warning(count: int) -> tuple[ScanWarning, ...]:
    if not count:
        return ()
    message = f"{count} bytes follow the voxels that the header claims; they were left out"
    return (ScanWarning("trailing_bytes", message),)


def _demand_no_mask_name(path: Path) -> None:
    if is_named_as_mask(path):
        raise IsAnnotation(path.name, "its name says it is a mask or label map", _NOT_A_SCAN)


def _demand_no_label_intent(header: NiftiHeader, where: str) -> None:
    if header.intent_code == INTENT_LABEL:
        raise IsAnnotation(where, "its intent code is that of labels", _NOT_A_SCAN)


def _demand_no_mask_values(voxels: NDArray[Any], header: NiftiHeader, where: str) -> None:
    _demand_no_label_intent(header, where)
    values = only_values(voxels)
    is_constant_float = len(values) == 1 and voxels.dtype.kind == "f"
    if values in _MASK_VALUES and not is_constant_float and header.rescale.is_identity:
        named = ", ".join(f"{value:g}" for value in sorted(values))
        raise IsAnnotation(where, f"its only values are {named}, as a mask's", _NOT_A_SCAN)
