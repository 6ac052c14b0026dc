"""NIfTI files by their headers; the only place where RAS+ becomes LPS+."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from medmask.errors import BadHeader, Truncated
from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.readers.arrays.array_file import ArrayFile
from medmask.readers.arrays.axes import lawful_grid
from medmask.readers.arrays.block import VoxelBlock
from medmask.readers.arrays.detached import is_header_of_pair, other_half
from medmask.readers.arrays.nifti_fields import HEADER_1
from medmask.readers.arrays.nifti_header import (
    INTENT_LABEL,
    NiftiHeader,
    header_bytes,
    parse_header,
)
from medmask.readers.arrays.stream import head, opened, packing_of
from medmask.scan import Format
from medmask.volume import SpaceCodes

_RAS_TO_LPS: Final = np.diag([-1.0, -1.0, 1.0, 1.0])
_FORMS_APART_VOXELS: Final = 0.1  # sform and qform are rounded apart by far less
_PIXDIM_APART: Final = 0.01  # relative


def open_nifti(path: Path) -> ArrayFile:
    """Read the header of a NIfTI file.

    Parameters
    ----------
    path : Path
        NIfTI-1 or NIfTI-2, plain or gzip: ``.nii``, ``.nii.gz``, or the ``.hdr`` of a pair.

    Returns
    -------
    ArrayFile
        The file's (x, y, z) are (column, row, slice).

    Raises
    ------
    ScanError
        See `parse_header`, `grid_of`, and `other_half` for pairs.
    """
    header = parse_header(read_head(path), path.name)
    grid, placed = grid_of(header, path.name)
    data = other_half(path) if header.is_pair else path
    x, y, z = header.shape
    block = VoxelBlock(
        path=data,
        dtype=header.dtype,
        shape=(z, y, x),
        packing=packing_of(data),
        offset=header.offset,
        volumes=header.volumes,
    )
    is_label = header.intent_code == INTENT_LABEL
    return ArrayFile(
        path=path,
        format=Format.NIFTI,
        block=block,
        grid=grid,
        rescale=header.rescale,
        annotation="its intent code is that of labels" if is_label else "",
        warnings=placed,
        space_codes=SpaceCodes(header.qform_code, header.sform_code),
    )


def data_file(path: Path) -> Path | None:
    """Return the ``.img`` of a pair, else nothing.

    Raises
    ------
    ScanError
        If the header is none, or the ``.img`` is not there.
    """
    if not is_header_of_pair(path):
        return None
    return other_half(path) if parse_header(read_head(path), path.name).is_pair else None


def read_head(path: Path) -> bytes:
    """Return the 348 or 540 bytes that a NIfTI or Analyze header takes.

    Raises
    ------
    Truncated
        If there are fewer.
    """
    with opened(path, packing_of(path)) as stream:
        start = head(stream, HEADER_1)
        if len(start) == HEADER_1:
            start += head(stream, header_bytes(start) - HEADER_1)
    if len(start) < HEADER_1 or len(start) < header_bytes(start):
        raise Truncated(path.name, f"{len(start)} bytes of header", "a whole header")
    return start


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
    return lawful_grid((z, y, x), affine, where, oriented=oriented), tuple(warnings)


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
