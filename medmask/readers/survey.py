"""What headers alone tell of a scan, for `inspect` and for planning memory."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from medmask.errors import ScanError
from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.readers.arrays.block import result_type
from medmask.readers.arrays.read import OPENERS, open_array
from medmask.readers.border import reading
from medmask.readers.dicom.header import Header
from medmask.readers.dicom.plan import SeriesPlan, plan_headers, plan_series
from medmask.readers.dicom.transfer_syntax import encoding_name
from medmask.readers.options import ReadOptions, options_for
from medmask.readers.pictures.image import inspect_pictures
from medmask.scan import Extent, Format, Scan


@dataclass(frozen=True, eq=False)
class Survey:
    """A scan by its headers.

    Attributes
    ----------
    modality : str
        Empty where only the values could tell.
    grid : Grid or None
        ``None`` where the headers do not tell it.
    encoding : str
        How the voxels are stored, in words.
    voxel_bytes : int
        Memory that the voxels take.
    warnings : tuple of ScanWarning
        Those that headers give rise to.
    not_hounsfield : str
        Why a CT is not in Hounsfield units, where headers tell it already.
    """

    modality: str
    grid: Grid | None
    encoding: str
    voxel_bytes: int
    warnings: tuple[ScanWarning, ...]
    not_hounsfield: str = ""

    @property
    def extent(self) -> Extent:
        """How large the scan is; where no grid is known, by voxels of two bytes."""
        voxels = self.voxel_bytes // 2 if self.grid is None else math.prod(self.grid.shape)
        return Extent(voxels, self.voxel_bytes)


Surveyor = Callable[[tuple[Path, ...], ReadOptions, str], Survey]


def survey(scan: Scan, options: ReadOptions) -> Survey:
    """Return what the headers of a scan tell, without reading its voxels.

    Parameters
    ----------
    scan : Scan
    options : ReadOptions

    Raises
    ------
    ScanError
        Whatever headers can tell already; voxels may still hold other faults.
    """
    with reading(scan.files[0].name):
        return _SURVEYORS[scan.format](scan.files, options_for(scan, options), scan.part)


def extent_by(headers: Mapping[Path, Header], scan: Scan, options: ReadOptions) -> Extent | None:
    """Return how large a DICOM scan is, by headers that have been read already.

    Parameters
    ----------
    headers : mapping of Path to Header
        Of all its files.
    scan : Scan
    options : ReadOptions

    Returns
    -------
    Extent or None
        ``None`` for a scan that its headers refuse.
    """
    of_files = [headers[path] for path in sorted(scan.files)]
    try:
        with reading(scan.files[0].name):
            return _surveyed(plan_headers(of_files, options_for(scan, options), scan.part)).extent
    except ScanError:
        return None


def _survey_dicom(files: tuple[Path, ...], options: ReadOptions, part: str) -> Survey:
    return _surveyed(plan_series(files, options, part))


def _surveyed(plan: SeriesPlan) -> Survey:
    encoding = f"{encoding_name(plan.frames[0].header.transfer_syntax)}, {plan.dtype}"
    facts = (plan.modality, plan.stack.grid, encoding, plan.voxel_bytes, plan.warnings)
    return Survey(*facts, plan.not_hounsfield)


def _survey_array(kind: Format) -> Surveyor:
    def survey_it(files: tuple[Path, ...], options: ReadOptions, part: str) -> Survey:
        file = open_array(files[0], kind, options, part)
        block = file.block
        voxel_bytes = block.voxel_count * result_type(block, options).itemsize
        encoding = f"{block.packing}, {block.dtype.newbyteorder('=')}"
        return Survey(file.modality, file.grid, encoding, voxel_bytes, file.warnings)

    return survey_it


def _survey_pictures(files: tuple[Path, ...], options: ReadOptions, _part: str) -> Survey:
    facts = inspect_pictures(files, options)
    modality = options.stated_modality() or "XR"
    doubt = f"{files[0].name} is a picture, without values below 0" if modality == "CT" else ""
    return Survey(modality, facts.grid, facts.encoding, facts.voxel_bytes, facts.warnings, doubt)


_SURVEYORS: Final[dict[Format, Surveyor]] = {
    Format.DICOM: _survey_dicom,
    **{kind: _survey_array(kind) for kind in OPENERS},
    Format.PNG: _survey_pictures,
    Format.JPEG: _survey_pictures,
    Format.TIFF: _survey_pictures,
}
