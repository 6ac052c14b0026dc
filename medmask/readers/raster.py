"""An image or mask as its file holds it: colours, opacity and labels are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from medmask.errors import UnsupportedFormat, UnsupportedPixels
from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.readers.arrays.block import read_block
from medmask.readers.arrays.read import OPENERS, open_values
from medmask.readers.border import reading
from medmask.readers.options import ReadOptions
from medmask.readers.pictures.decode import decode_channels
from medmask.readers.pictures.image import display_of
from medmask.readers.pictures.picture import open_pictures
from medmask.readers.sniff import name_warning
from medmask.scan import Format
from medmask.volume import Volume


@dataclass(frozen=True, eq=False)
class Raster:
    """Samples on a grid, whatever they stand for: a scan, a drawing, a mask.

    Attributes
    ----------
    name : str
        The file's name, for messages.
    format : Format
    samples : ndarray, shape (slices, rows, columns, channels)
        Stored values; one channel, or red, green and blue.
    alpha : ndarray or None, shape (slices, rows, columns)
        Straight opacity in the type of the samples, where the file has one.
    volume : Volume
        Grid, rescale and codes; its voxels are the first channel.
    white : float or None
        The stored value that a picture means by white; ``None`` for native values.
    """

    name: str
    format: Format
    samples: NDArray[Any]
    alpha: NDArray[Any] | None
    volume: Volume
    white: float | None

    @classmethod
    def of(cls, volume: Volume, name: str, format: Format) -> Self:  # noqa: A002
        """Return a volume of intensities as a raster of one channel."""
        return cls(name, format, volume.voxels[..., np.newaxis], None, volume, None)

    @property
    def grid(self) -> Grid:
        """Where the samples lie."""
        return self.volume.grid

    @property
    def is_picture(self) -> bool:
        """Whether it is for the eye: black is 0 and white is known."""
        return self.white is not None


def read_raster(path: Path, format: Format, options: ReadOptions) -> Raster:  # noqa: A002
    """Read one picture, or one file of an array, mask or not.

    Parameters
    ----------
    path : Path
    format : Format
        By content; any but DICOM.
    options : ReadOptions

    Raises
    ------
    ScanError
        If the file is damaged or not understood.
    """
    with reading(path.name):
        return _READERS[format](path, format, options)


def _array(path: Path, format: Format, options: ReadOptions) -> Raster:  # noqa: A002
    file = open_values(path, format, options)
    voxels, tail = read_block(file.block, options)
    volume = Volume(
        voxels=voxels,
        grid=file.grid,
        modality=file.modality or "OT",
        rescale=file.rescale,
        warnings=(*file.warnings, *tail),
        space_codes=file.space_codes,
    )
    return Raster.of(volume, path.name, format)


def _picture(path: Path, format: Format, _options: ReadOptions) -> Raster:  # noqa: A002
    pages = open_pictures(path)
    if len(pages) > 1:
        raise UnsupportedFormat(path.name, f"{len(pages)} pages", "one picture")
    picture = pages[0]
    if picture.png is not None and picture.png.has_transparency:
        found = "opacity by a table or key (tRNS)"
        raise UnsupportedPixels(path.name, found, "an alpha channel: RGBA, or grey and alpha")
    channels = decode_channels(picture)[np.newaxis]
    has_alpha = channels.shape[-1] in {2, 4}
    samples = channels[..., :-1] if has_alpha else channels
    display, guessed = display_of(picture, samples)
    if display.inverted and picture.is_deep:
        samples = np.iinfo(samples.dtype).max - samples  # 8 bits were turned by the decoder
    is_opaque_white = picture.is_deep and has_alpha  # opacity needs all bits: so have the colours
    warnings: tuple[ScanWarning, ...] = name_warning(path, format)
    volume = Volume(
        voxels=samples[..., 0],
        grid=Grid.plain(samples.shape[:3]),
        modality="XR",
        warnings=warnings if is_opaque_white else (*warnings, *guessed),
    )
    white = float(np.iinfo(samples.dtype).max) if is_opaque_white else display.high
    return Raster(
        path.name, format, samples, channels[..., -1] if has_alpha else None, volume, white
    )


_READERS: Final[dict[Format, Callable[[Path, Format, ReadOptions], Raster]]] = {
    **dict.fromkeys(OPENERS, _array),
    Format.PNG: _picture,
    Format.JPEG: _picture,
    Format.TIFF: _picture,
}
