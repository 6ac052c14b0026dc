"""The picture by which a scan's masks are checked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from medmask.grid import Grid
from medmask.labels import LabelMap
from medmask.overlay.choose import Profiles, choose_slices, content_along
from medmask.overlay.compose import compose
from medmask.overlay.layer import OverlayStyle
from medmask.overlay.planes import Axis, Plane, planes_of
from medmask.overlay.sheet import CELL_PX, MARGIN_PX, Legend, draw_sheet
from medmask.overlay.tile import Subject, Tile, draw_tile, layers_of
from medmask.overlay.window import choose_display, to_grey
from medmask.volume import Volume

AXIAL, CORONAL, SAGITTAL = 4, 2, 2  # pictures of each plane
_WIDEST = CELL_PX - 2 * MARGIN_PX
_HIGHEST = 460
_LARGEST_ZOOM = 8.0  # drawn pixels along a voxel's shorter side: small scans stay small
_FILM = Plane("slice", Axis(0), Axis(1), Axis(2))


def montage(
    volume: Volume,
    labels: LabelMap,
    style: OverlayStyle,
    annotations: Sequence[NDArray[np.bool_]] = (),
) -> NDArray[np.uint8]:
    """Draw a scan with its masks laid over it.

    Parameters
    ----------
    volume : Volume
    labels : LabelMap
        On the volume's grid.
    style : OverlayStyle
    annotations : sequence of ndarray of bool, shape (slices, rows, columns)
        Drawn where the style has a layer for them.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        Of a single slice, the film at its own size with nothing but layers upon it. Of a volume,
        axial, coronal and sagittal slices through what was found, in radiological convention and
        in true proportions, with body sides, positions, scale bars and a legend.

    Raises
    ------
    ValueError
        If labels or annotations do not lie on the volume's grid.
    NoSpacing
        If a layer is feathered in mm and the scan has none.
    """
    masks = tuple(annotations)
    _check(volume, labels, masks)
    display = choose_display(volume, style.window)
    subject = Subject(volume, display, labels, masks, style.layers)
    if volume.grid.is_2d:
        return _film(subject)
    content = content_along(labels)
    legend = Legend(style.layers, _absent(content[0], masks), _note(subject))
    return draw_sheet(_rows(subject, content), legend)


def _film(subject: Subject) -> NDArray[np.uint8]:
    volume = subject.volume
    grey = to_grey(volume, volume.voxels[0], subject.display)
    _, down, right = volume.grid.spacing_mm
    px_per_mm = None if down is None or right is None else (1 / down, 1 / right)
    size = (grey.shape[1], grey.shape[0])
    return compose(grey, layers_of(subject, _FILM, 0, size), px_per_mm)


def _rows(subject: Subject, content: Sequence[Profiles]) -> list[list[Tile]]:
    """Draw axial pictures in one row, coronal and sagittal ones in the next."""
    grid = subject.volume.grid
    axial, coronal, sagittal = planes_of(grid)
    rows = []
    for planes in (((axial, AXIAL),), ((coronal, CORONAL), (sagittal, SAGITTAL))):
        px_per_unit = min(_fitting_scale(grid, plane) for plane, _ in planes)
        rows.append(
            [
                draw_tile(subject, plane, at, px_per_unit)
                for plane, count in planes
                for at in choose_slices(content[plane.normal.index], plane, count)
            ]
        )
    return rows


def _fitting_scale(grid: Grid, plane: Plane) -> float:
    """Return drawn pixels in a world unit, such that a plane's pictures fill their cells."""
    high, wide = plane.extent(grid)
    voxel = min(grid.steps[plane.down.index], grid.steps[plane.right.index])
    return float(min(_WIDEST / wide, _HIGHEST / high, _LARGEST_ZOOM / voxel))


def _absent(profiles: Profiles, masks: tuple[NDArray[np.bool_], ...]) -> frozenset[str]:
    """Return the subjects of which there is nothing to draw."""
    bone, soft = (bool(profile.any()) for profile in profiles)
    here = {"bone": bone, "soft_tissue": soft, "annotations": any(mask.any() for mask in masks)}
    return frozenset(subject for subject, is_here in here.items() if not is_here)


def _note(subject: Subject) -> str:
    low, high = subject.display.low, subject.display.high
    black, white = (high, low) if subject.display.inverted else (low, high)
    unit = f" {subject.volume.unit}" if subject.volume.unit else ""
    return f"black {black:.5g}, white {white:.5g}{unit}"


def _check(volume: Volume, labels: LabelMap, masks: tuple[NDArray[np.bool_], ...]) -> None:
    if not volume.grid.matches(labels.grid):
        raise ValueError(
            f"labels of shape {labels.grid.shape} lie on another grid than the scan of shape "
            f"{volume.grid.shape}; accepted: labels on the scan's own grid"
        )
    for mask in masks:
        if mask.shape != volume.grid.shape or mask.dtype.kind != "b":
            raise ValueError(
                f"an annotation is {mask.dtype} of shape {mask.shape}; "
                f"accepted: bool of the scan's shape {volume.grid.shape}"
            )
