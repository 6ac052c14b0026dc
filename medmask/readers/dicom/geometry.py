"""The grid of a DICOM series, from its headers alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from medmask.grid import Grid
from medmask.outcome import ScanWarning
from medmask.readers.dicom.header import Header
from medmask.readers.dicom.planar import frames_grid, is_planar, planar_grid
from medmask.readers.dicom.plane import demand_geometry, demand_one_plane, directions, spacing_of
from medmask.readers.dicom.steps import several_steps, single_step
from medmask.readers.dicom.uneven import Source


@dataclass(frozen=True, eq=False)
class Stack:
    """Instances in the order of their slices, and the grid that they make.

    Attributes
    ----------
    headers : tuple of Header
        Along the slice axis.
    grid : Grid
    sources : tuple of Source
        What each slice of the grid is made of, by index of `headers`.
    warnings : tuple of ScanWarning
    """

    headers: tuple[Header, ...]
    grid: Grid
    sources: tuple[Source, ...]
    warnings: tuple[ScanWarning, ...] = ()


def stack(headers: Sequence[Header], *, resample: bool = True) -> Stack:
    """Sort the instances of one series and return their grid.

    Parameters
    ----------
    headers : sequence of Header
        At least one, in any order, without copies.
    resample : bool
        Whether slices at uneven steps are put onto an even grid.

    Returns
    -------
    Stack
        Slices in the order of their positions along the normal. The slice axis of the affine is
        the step from slice to slice, which leans where the gantry was tilted.

    Raises
    ------
    MissingGeometry
        If position, orientation or spacing is absent where it is needed.
    MixedGeometry
        If the instances do not share size, orientation and spacing.
    DuplicatePositions
        If two slices lie at one position.
    UnevenSlices
        If the steps differ by more than 1 % and 0.01 mm, and are not to be resampled.
    MissingSlices
        If more slices are missing than may be bridged.
    BadGeometry
        If directions or spacings cannot be what they say.

    References
    ----------
    DICOM PS3.3 C.7.6.2.1.1, Image Plane; C.7.6.3.1.1, Pixel Spacing at 10.7.
    """
    if len(headers) == 1 and is_planar(headers[0]):
        grid, warnings = planar_grid(headers[0])
        return Stack((headers[0],), grid, (Source(0, 0, 0.0),), warnings)
    if all(h.frame is not None and h.position is None for h in headers) and is_planar(headers[0]):
        grid, warnings = frames_grid(headers)
        alone = tuple(Source(k, k, 0.0) for k in range(len(headers)))
        return Stack(tuple(headers), grid, alone, warnings)
    demand_geometry(headers)
    demand_one_plane(headers)
    across, down, normal = directions(headers[0])
    positions = np.array([h.position for h in headers], np.float64)
    order = np.argsort(positions @ normal, kind="stable")
    placed = tuple(headers[k] for k in order)
    if len(placed) == 1:
        steps = single_step(placed[0], positions[order[0]], normal)
    else:
        steps = several_steps(placed, positions[order], normal, resample=resample)
    between_rows, between_columns = spacing_of(placed[0])
    affine = np.eye(4)
    affine[:3, 0] = steps.vector
    affine[:3, 1] = down * between_rows
    affine[:3, 2] = across * between_columns
    affine[:3, 3] = steps.start
    layout = placed[0].layout
    shape = (len(steps.sources), layout.rows or 0, layout.columns or 0)
    grid = Grid(shape, affine, (steps.known, True, True))
    return Stack(placed, grid, steps.sources, steps.warnings)
