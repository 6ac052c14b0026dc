"""PNG and NIfTI files that come out the same byte for byte whenever they are made."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

NIFTI: Any = nib.Nifti1Image  # nibabel is not typed
LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


def write_png(path: Path, picture: NDArray[Any], significant_bits: int | None = None) -> None:
    """Write a grey (uint8, uint16) or RGBA picture.

    Parameters
    ----------
    path : Path
    picture : ndarray, shape (rows, columns) or (rows, columns, 4)
    significant_bits : int or None
        How many of the bits are used, for the sBIT chunk; ``None`` leaves the chunk out.
    """
    info = PngInfo()
    if significant_bits is not None:
        info.add(b"sBIT", bytes([significant_bits]))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path, format="PNG", pnginfo=info, compress_level=9)


def nifti_bytes(voxels: NDArray[Any], affine_lps: NDArray[np.float64]) -> bytes:
    """Return a gzipped NIfTI file.

    Parameters
    ----------
    voxels : ndarray, shape (i, j, k)
        In NIfTI's own order: the first axis runs fastest in the file.
    affine_lps : ndarray, shape (4, 4)
        Maps (i, j, k) to LPS+ mm.
    """
    image = NIFTI(voxels, LPS_TO_RAS @ affine_lps)
    image.header.set_xyzt_units("mm")
    image.set_qform(image.affine, code=1)
    image.set_sform(image.affine, code=1)
    return gzip.compress(image.to_bytes(), 9, mtime=0)


def write_nifti(path: Path, voxels: NDArray[Any], affine_lps: NDArray[np.float64]) -> None:
    """Write a gzipped NIfTI file; see `nifti_bytes`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(nifti_bytes(voxels, affine_lps))
