"""Radiographs and other pictures: rows and columns, no extent across."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.readers.dicom.header import Header
from medmask.readers.dicom.kinds import is_secondary_capture
from medmask.readers.dicom.plane import directions, positive_pair, spacing_of
from medmask.volume import RADIOGRAPH_MODALITIES

_CROSS_SECTIONAL: Final = frozenset({"CT", "MR", "PT"})


def is_planar(header: Header) -> bool:
    """Tell whether an instance is a picture of its own, not a slice of a volume.

    Radiographs are; so is what has no position in the patient and is not CT, MR or PET, of which
    a position is demanded (PS3.3 C.7.6.2) unless they are captures.
    """
    if header.modality in RADIOGRAPH_MODALITIES:
        return True
    placed = header.orientation is not None or header.position is not None
    demanded = header.modality in _CROSS_SECTIONAL and not is_secondary_capture(header.sop_class)
    return not placed and not demanded


def frames_grid(headers: Sequence[Header]) -> tuple[Grid, tuple[ScanWarning, ...]]:
    """Return the grid of frames that are slices, but do not say where in the patient they lie.

    Parameters
    ----------
    headers : sequence of Header
        Of the frames of one instance, in their order.
    """
    grid, warnings = planar_grid(headers[0])
    between = headers[0].spacing_between
    known = between is not None and between > 0
    affine = grid.affine @ np.diag([between if between and known else 1.0, 1.0, 1.0, 1.0])
    shape = (len(headers), *grid.shape[1:])
    where = (
        f"they are {between:g} mm apart by (0018,0088)" if known else "their distance is unknown"
    )
    message = f"{len(headers)} frames without positions were taken as slices; {where}"
    warning = ScanWarning("frames_as_slices", message)
    spacing_known = (known, *grid.spacing_known[1:])
    return Grid(shape, affine, spacing_known, oriented=False), (*warnings, warning)


def planar_grid(header: Header) -> tuple[Grid, tuple[ScanWarning, ...]]:
    """Return the grid of one picture, whose extent across is unknown.

    Raises
    ------
    BadGeometry
        If directions or spacings cannot be what they say.

    References
    ----------
    DICOM PS3.3 10.7.1.3, Pixel Spacing and Imager Pixel Spacing.
    """
    spacing, warnings = _planar_spacing(header)
    between_rows, between_columns = spacing or (1.0, 1.0)
    oriented = header.orientation is not None and header.position is not None
    if oriented:
        across, down, normal = directions(header)
        corner = np.array(header.position, np.float64)
    else:
        across, down, normal = np.eye(3)
        corner = np.zeros(3)
    affine = np.eye(4)
    affine[:3, 0] = normal
    affine[:3, 1] = down * between_rows
    affine[:3, 2] = across * between_columns
    affine[:3, 3] = corner
    known = spacing is not None
    shape = (1, header.layout.rows or 0, header.layout.columns or 0)
    return Grid(shape, affine, (False, known, known), oriented), warnings


def _planar_spacing(
    header: Header,
) -> tuple[tuple[float, float] | None, tuple[ScanWarning, ...]]:
    if header.pixel_spacing is not None:
        return spacing_of(header), ()
    if header.imager_spacing is None:
        return None, ()
    spacing = positive_pair(header, header.imager_spacing, "imager pixel spacing (0018,1164)")
    message = (
        f"spacing {spacing[0]:g} x {spacing[1]:g} mm is that of the detector (0018,1164); "
        "lengths in the patient are shorter by the magnification"
    )
    return spacing, (ScanWarning("detector_spacing", message),)
