"""NIfTI, Analyze, NRRD and MetaImage files as volumes: one way for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

from medmask.errors import IsAnnotation
from medmask.readers.arrays.analyze import open_analyze
from medmask.readers.arrays.array_file import ArrayFile
from medmask.readers.arrays.block import check_block, read_block
from medmask.readers.arrays.meta import open_meta
from medmask.readers.arrays.nifti import open_nifti
from medmask.readers.arrays.nrrd import open_nrrd
from medmask.readers.arrays.stream import Packing, packing_of
from medmask.readers.hounsfield import as_hounsfield
from medmask.readers.modality import (
    NOT_A_SCAN,
    demand_no_mask_name,
    guessed_modality,
    stated_modality,
)
from medmask.readers.options import ReadOptions
from medmask.readers.sniff import name_warning
from medmask.readers.values import non_finite_warning, only_values
from medmask.scan import Format
from medmask.volume import Volume

OPENERS: Final[dict[Format, Callable[[Path], ArrayFile]]] = {
    Format.NIFTI: open_nifti,
    Format.ANALYZE: open_analyze,
    Format.NRRD: open_nrrd,
    Format.META: open_meta,
}
_MASK_VALUES: Final = (frozenset({0.0}), frozenset({0.0, 1.0}), frozenset({0.0, 255.0}))
_VOLUME: Final = "volume-"
_LARGEST_LABEL: Final = 15  # with so few grey levels nothing could be seen


def volume_names(path: Path, format: Format) -> list[str]:  # noqa: A002
    """Return names of the volumes that a file holds, by its header; for one volume an empty one.

    Parameters
    ----------
    path : Path
        The file with the header.
    format : Format
        By content; one of `OPENERS`.

    Raises
    ------
    ScanError
        If the header is not understood.
    """
    count = OPENERS[format](path).block.volumes
    return [""] if count == 1 else [f"{_VOLUME}{number + 1}" for number in range(count)]


def open_array(
    path: Path,
    format: Format,  # noqa: A002
    options: ReadOptions,
    part: str = "",
) -> ArrayFile:
    """Read and check a header, and hold it against the bytes there.

    Parameters
    ----------
    path : Path
        The file with the header.
    format : Format
        By content; one of `OPENERS`.
    options : ReadOptions
    part : str
        One of `volume_names`; empty for the first, or the only one.

    Raises
    ------
    IsAnnotation
        If name or header say that it is a mask.
    ScanError
        Whatever the header alone can tell: see the format's opener and `check_block`.
    """
    demand_no_mask_name(path)
    file = open_values(path, format, options, part)
    if file.annotation:
        raise IsAnnotation(path.name, file.annotation, NOT_A_SCAN)
    return file


def open_values(
    path: Path,
    format: Format,  # noqa: A002
    options: ReadOptions,
    part: str = "",
) -> ArrayFile:
    """Do as `open_array`, for a scan or a mask.

    Raises
    ------
    ScanError
        Whatever the header alone can tell.
    """
    file = OPENERS[format](path)
    block = replace(file.block, chosen=int(part.removeprefix(_VOLUME)) - 1 if part else 0)
    chosen = check_block(block, options)
    is_gzip = packing_of(path) is Packing.GZIP
    named = name_warning(path, format, is_gzip=is_gzip)
    modality = options.stated_modality() or file.modality or stated_modality(path)
    warnings = (*named, *file.warnings, *chosen)
    return replace(file, block=block, modality=modality, warnings=warnings)


def read_array(
    path: Path,
    format: Format,  # noqa: A002
    options: ReadOptions,
    part: str = "",
) -> Volume:
    """Read a file of one volume, or one volume of a series as the options say.

    Parameters
    ----------
    path : Path
        The file with the header; the voxels may lie in another one beside it.
    format : Format
        By content; one of `OPENERS`.
    options : ReadOptions
    part : str
        One of `volume_names`; empty for the first, or the only one.

    Returns
    -------
    Volume
        Voxels in the file's own type as (slice, row, column), nothing resampled.

    Raises
    ------
    ScanError
        See `open_array` and `read_block`.
    IsAnnotation
        If the values are those of a mask.
    """
    file = open_array(path, format, options, part)
    voxels, tail = read_block(file.block, options)
    _demand_no_mask_values(voxels, file)
    volume = Volume(
        voxels=voxels,
        grid=file.grid,
        modality=file.modality or "OT",
        rescale=file.rescale,
        warnings=(*file.warnings, *tail, *non_finite_warning(voxels, path.name)),
        space_codes=file.space_codes,
    )
    if not file.modality:
        guess, warning = guessed_modality(volume)
        volume = replace(volume, modality=guess, warnings=(*volume.warnings, warning))
    return as_hounsfield(volume, path.name)


def _demand_no_mask_values(voxels: NDArray[Any], file: ArrayFile) -> None:
    """Refuse what holds the values of a mask, or of labels where no modality is stated."""
    values = only_values(voxels)
    is_constant_float = len(values) == 1 and voxels.dtype.kind == "f"
    if values in _MASK_VALUES and not is_constant_float and file.rescale.is_identity:
        named = ", ".join(f"{value:g}" for value in sorted(values))
        raise IsAnnotation(file.path.name, f"its only values are {named}, as a mask's", NOT_A_SCAN)
    if file.modality or voxels.dtype.kind == "f" or not file.rescale.is_identity:
        return
    low, high = int(voxels.min()), int(voxels.max())
    if low == 0 and high <= _LARGEST_LABEL:
        found = f"its values are whole numbers from 0 to {high}, as a label map's"
        raise IsAnnotation(file.path.name, found, f"{NOT_A_SCAN}, or its modality stated")
