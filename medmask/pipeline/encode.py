"""A raster -> the bytes of a file, by the file's name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from medmask.errors import Mismatch, RequestError
from medmask.readers import Raster
from medmask.writers import png, volume_nifti

_ENDINGS: Final = (".png", ".nii.gz", ".nii")


def demand_ending(path: Path) -> str:
    """Return which of the known endings a file name has.

    Raises
    ------
    RequestError
        If it has none.
    """
    for ending in _ENDINGS:
        if path.name.lower().endswith(ending):
            return ending
    raise RequestError(f"{path.name}: accepted are the endings {', '.join(_ENDINGS)}")


def encoded(raster: Raster, path: Path) -> bytes:
    """Return a raster as the kind of file that a name asks for.

    Parameters
    ----------
    raster : Raster
    path : Path
        Ends in ``.png``, ``.nii.gz`` or ``.nii``.

    Raises
    ------
    Mismatch
        If such a file cannot hold it without loss.
    """
    ending = demand_ending(path)
    if ending == ".png":
        return _as_png(raster, path.name)
    if raster.samples.shape[-1] > 1 or raster.alpha is not None:
        raise Mismatch(f"{path.name}: a volume holds no colours or opacity; accepted: .png")
    return volume_nifti(raster.volume, packed=ending == ".nii.gz")


def _as_png(raster: Raster, name: str) -> bytes:
    kind, slices = raster.samples.dtype, raster.samples.shape[0]
    if slices > 1:
        raise Mismatch(f"{name}: a PNG holds one slice, not {slices}; accepted: .nii.gz")
    if kind not in (np.uint8, np.uint16) or not raster.volume.rescale.is_identity:
        found = f"{kind} values" if raster.volume.rescale.is_identity else "rescaled values"
        accepted = ".nii.gz, or whole numbers of 0..255 or 0..65535"
        raise Mismatch(f"{name}: a PNG cannot hold {found}; accepted: {accepted}")
    channels = [raster.samples[0]]
    if raster.alpha is not None:
        channels.append(raster.alpha[0][..., np.newaxis])
    pixels = np.concatenate(channels, axis=-1)
    return png(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
