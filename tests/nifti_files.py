"""Small NIfTI files, and headers with single fields set wrong."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from numpy.typing import NDArray

RAS = np.array([[-0.7, 0, 0, 10], [0, -0.8, 0, 20], [0, 0, 2.5, 30], [0, 0, 0, 1.0]])


def nifti_bytes(
    voxels: NDArray[Any],
    affine: NDArray[np.float64] = RAS,
    *,
    is_nifti2: bool = False,
    patches: tuple[tuple[int, str, tuple[Any, ...]], ...] = (),
) -> bytes:
    """Return a NIfTI file.

    Parameters
    ----------
    voxels : ndarray, shape (slices, rows, columns)
    affine : ndarray, shape (4, 4)
        RAS+, for (column, row, slice); sform and qform with code 1.
    is_nifti2 : bool
    patches : tuple of (offset, struct format, values)
        Header fields to overwrite, little endian.
    """
    kind = nibabel.Nifti2Image if is_nifti2 else nibabel.Nifti1Image
    image = kind(np.ascontiguousarray(voxels.T), affine, dtype=voxels.dtype)
    image.header.set_xyzt_units("mm")
    image.set_sform(affine, 1)
    image.set_qform(affine, 1)
    content = bytearray(image.to_bytes())
    for offset, form, values in patches:
        struct.pack_into("<" + form, content, offset, *values)
    return bytes(content)


def write_nifti(path: Path, voxels: NDArray[Any], **options: Any) -> Path:
    """Write a NIfTI file, gzip if the name ends in ``.gz``."""
    content = nifti_bytes(voxels, **options)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return path


def write_nifti_pair(folder: Path, voxels: NDArray[Any], *, is_nifti2: bool = False) -> list[Path]:
    """Write ``a.hdr`` and ``a.img`` by nibabel and return both."""
    kind = nibabel.Nifti2Pair if is_nifti2 else nibabel.Nifti1Pair
    image = kind(np.ascontiguousarray(voxels.T), RAS, dtype=voxels.dtype)
    image.header.set_xyzt_units("mm")
    image.set_qform(RAS, 1)
    image.set_sform(RAS, 1)
    return _saved_pair(folder, image)


def write_analyze(
    folder: Path,
    voxels: NDArray[Any],
    *,
    patches: tuple[tuple[int, str, tuple[Any, ...]], ...] = (),
) -> list[Path]:
    """Write an Analyze 7.5 pair by nibabel, patch its header, and return both files."""
    image = nibabel.AnalyzeImage(np.ascontiguousarray(voxels.T), np.diag([0.7, 0.8, 2.5, 1.0]))
    image.header.set_data_dtype(voxels.dtype)
    files = _saved_pair(folder, image)
    content = bytearray(files[0].read_bytes())
    for offset, form, values in patches:
        struct.pack_into("<" + form, content, offset, *values)
    files[0].write_bytes(content)
    return files


def _saved_pair(folder: Path, image: Any) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    nibabel.save(image, folder / "a.img")
    return [folder / "a.hdr", folder / "a.img"]
