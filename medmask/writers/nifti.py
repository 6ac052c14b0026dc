"""Label maps and volumes -> NIfTI bytes, on the scan's own grid."""

from __future__ import annotations

from typing import Any

import numpy as np
from isal import igzip
from numpy.typing import NDArray

from medmask.grid import Grid
from medmask.labels import LabelMap
from medmask.scale import Scale
from medmask.volume import SpaceCodes, Volume

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
COMPRESSION = 1  # isal: level 3 takes seven times as long and saves nothing on label maps
LARGEST_NIFTI1 = 32767  # dim is int16 there


def mask_nifti(mask: NDArray[np.bool_], grid: Grid, codes: SpaceCodes | None = None) -> bytes:
    """Return a mask as gzipped NIfTI of uint8, 0 and 1.

    Parameters
    ----------
    mask : ndarray of bool, shape (slices, rows, columns)
    grid : Grid
        Its place.
    codes : SpaceCodes, optional
        The codes of a NIfTI source.
    """
    return _compressed(_image(mask.view(np.uint8), grid, codes))


def opacity_nifti(opacity: NDArray[np.uint8], grid: Grid, codes: SpaceCodes | None = None) -> bytes:
    """Return opacities as gzipped NIfTI of uint8 with a slope of 1/255: readers see 0 to 1.

    Parameters
    ----------
    opacity : ndarray of uint8, shape (slices, rows, columns)
    grid : Grid
        Its place.
    codes : SpaceCodes, optional
        The codes of a NIfTI source.
    """
    image = _image(opacity, grid, codes)
    image.header.set_slope_inter(1 / 255, 0)
    return _compressed(image)


def labels_nifti(labels: LabelMap, codes: SpaceCodes | None = None) -> bytes:
    """Return a label map as gzipped NIfTI of uint8; the same labels give the same bytes.

    Parameters
    ----------
    labels : LabelMap
    codes : SpaceCodes, optional
        The codes of a NIfTI source, given back so that software treats both alike.
    """
    return _compressed(_image(labels.voxels, labels.grid, codes))


def volume_nifti(volume: Volume, *, packed: bool = True) -> bytes:
    """Return a volume as NIfTI: stored values, with the rescale in scl_slope/scl_inter.

    Parameters
    ----------
    volume : Volume
        Nothing is rounded: a reader that honours the header gets the native values.
    packed : bool
        Whether it is gzipped.
    """
    image = _image(volume.voxels, volume.grid, volume.space_codes)
    rescale = volume.rescale
    if not rescale.is_identity:
        image.header.set_slope_inter(rescale.slope, rescale.intercept)
    return _compressed(image) if packed else bytes(image.to_bytes())


def levels_nifti(volume: Volume, scale: Scale) -> bytes:
    """Return a volume on the 0..255 scale as gzipped NIfTI of float32, not clipped.

    Parameters
    ----------
    volume : Volume
    scale : Scale
        From native values to levels.
    """
    levels = np.empty(volume.grid.shape, np.float32)
    for slab, here in zip(volume.voxels, levels, strict=True):
        here[...] = scale.level(volume.rescale.native(slab))
    return _compressed(_image(levels, volume.grid, volume.space_codes))


def _image(voxels: NDArray[Any], grid: Grid, codes: SpaceCodes | None) -> Any:  # noqa: ANN401
    """Return a nibabel image of (slice, row, column) voxels; its axes run (column, row, slice)."""
    import nibabel as nib

    kind: Any = nib.Nifti1Image if max(grid.shape) <= LARGEST_NIFTI1 else nib.Nifti2Image
    affine = LPS_TO_RAS @ grid.affine[:, [2, 1, 0, 3]]
    image = kind(voxels.T, affine if grid.oriented else None, dtype=voxels.dtype)
    header: Any = image.header
    header.set_xyzt_units("mm" if any(grid.spacing_known) else "unknown")
    if not grid.oriented:
        header.set_zooms(tuple(float(s) for s in grid.steps[::-1]))
        return image
    given = codes or SpaceCodes(qform=1, sform=1)
    header.set_sform(affine, given.sform or (0 if given.qform and not grid.is_sheared else 1))
    header.set_qform(affine, 0 if grid.is_sheared else given.qform, strip_shears=True)
    return image


def _compressed(image: Any) -> bytes:  # noqa: ANN401
    return igzip.compress(image.to_bytes(), compresslevel=COMPRESSION, mtime=0)
