"""A file that is one array with a header: what NIfTI, Analyze, NRRD and MetaImage come down to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.readers.arrays.block import VoxelBlock
from medmask.rescale import Rescale
from medmask.scan import Format
from medmask.volume import SpaceCodes


@dataclass(frozen=True, eq=False)
class ArrayFile:
    """What the header of such a file says, checked.

    Attributes
    ----------
    path : Path
        The file that holds the header.
    format : Format
    block : VoxelBlock
        Where the voxels lie.
    grid : Grid
    rescale : Rescale
    modality : str
        DICOM's word if the header states it, else empty.
    annotation : str
        What of the header says that this is a mask or label map, else empty.
    warnings : tuple of ScanWarning
    space_codes : SpaceCodes or None
        The codes of a NIfTI file.
    """

    path: Path
    format: Format
    block: VoxelBlock
    grid: Grid
    rescale: Rescale = field(default_factory=Rescale)
    modality: str = ""
    annotation: str = ""
    warnings: tuple[ScanWarning, ...] = ()
    space_codes: SpaceCodes | None = None
