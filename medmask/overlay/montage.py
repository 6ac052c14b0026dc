"""The picture by which a scan's masks are checked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from medmask.annotation import Annotation
from medmask.grid import Grid
from medmask.labels import LabelMap
from medmask.overlay.choose import Profiles, choose_both, content_along, marked_along
from medmask.overlay.colours import styles_of
from medmask.overlay.film import film
from medmask.overlay.layer import OverlayStyle
from medmask.overlay.planes import Plane, planes_of
from medmask.overlay.sheet import CELL_PX, MARGIN_PX, Key, Legend, draw_sheet
from medmask.overlay.tile import Subject, Tile, draw_tile
from medmask.overlay.window import choose_display
from medmask.volume import Volume

AXIAL, CORONAL, SAGITTAL = 4, 2, 2  # pictures of each plane
_WIDEST = CELL_PX - 2 * MARGIN_PX
_HIGHEST = 460
_LARGEST_ZOOM = 8.0  # drawn pixels along a voxel's shorter side: small scans stay small


def montage(
    volume: Volume,
    labels: LabelMap,
    style: OverlayStyle,
    annotations: Sequence[Annotation] = (),
) -> NDArray[np.uint8]:
    """Draw a scan with its masks laid over it.

    Parameters
    ----------
    volume : Volume
    labels : LabelMap
        On the volume's grid.
    style : OverlayStyle
    annotations : sequence of Annotation
        On the volume's grid; drawn where the style has a layer for them.

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
    """
    marks = tuple(annotations)
    _check(volume, labels, marks)
    display = choose_display(volume, style.window)
    subject = Subject(volume, display, labels, marks, style.layers)
    if volume.grid.is_2d:
        return film(subject)
    content = content_along(labels)
    legend = Legend(_keys(subject, content[0]), _note(subject))
    return draw_sheet(_rows(subject, content), legend)


def _rows(subject: Subject, content: Sequence[Profiles]) -> list[list[Tile]]:
    """Draw axial pictures in one row, coronal and sagittal ones in the next."""
    grid = subject.volume.grid
    axial, coronal, sagittal = planes_of(grid)
    shows_marks = any(style.show == "annotations" for style in subject.layers)
    marked = marked_along(subject.annotations if shows_marks else (), grid.shape)
    rows = []
    for planes in (((axial, AXIAL),), ((coronal, CORONAL), (sagittal, SAGITTAL))):
        px_per_unit = min(_fitting_scale(grid, plane) for plane, _ in planes)
        rows.append(
            [
                draw_tile(subject, plane, at, px_per_unit)
                for plane, count in planes
                for at in choose_both(
                    content[plane.normal.index], marked[plane.normal.index], plane, count
                )
            ]
        )
    return rows


def _fitting_scale(grid: Grid, plane: Plane) -> float:
    """Return drawn pixels in a world unit, such that a plane's pictures fill their cells."""
    high, wide = plane.extent(grid)
    voxel = min(grid.steps[plane.down.index], grid.steps[plane.right.index])
    return float(min(_WIDEST / wide, _HIGHEST / high, _LARGEST_ZOOM / voxel))


def _keys(subject: Subject, profiles: Profiles) -> tuple[Key, ...]:
    """Return what the legend explains: each layer of the style, each annotation by its name."""
    bone, soft = (bool(profile.any()) for profile in profiles)
    here = {"bone": bone, "soft_tissue": soft}
    keys: list[Key] = []
    for style in subject.layers:
        if style.show != "annotations":
            keys.append(Key(style.show.replace("_", " "), style, is_here=here[style.show]))
            continue
        styles = styles_of(subject.annotations, style)
        for annotation, own in zip(subject.annotations, styles, strict=True):
            keys.append(Key(annotation.name, own, is_here=bool(annotation.voxels.any())))
    return tuple(keys)


def _note(subject: Subject) -> str:
    low, high = subject.display.low, subject.display.high
    black, white = (high, low) if subject.display.inverted else (low, high)
    unit = f" {subject.volume.unit}" if subject.volume.unit else ""
    return f"black {black:.5g}, white {white:.5g}{unit}"


def _check(volume: Volume, labels: LabelMap, marks: tuple[Annotation, ...]) -> None:
    if not volume.grid.matches(labels.grid):
        raise ValueError(
            f"labels of shape {labels.grid.shape} lie on another grid than the scan of shape "
            f"{volume.grid.shape}; accepted: labels on the scan's own grid"
        )
    for mark in marks:
        if mark.voxels.shape != volume.grid.shape:
            raise ValueError(
                f"the annotation {mark.name} has the shape {mark.voxels.shape}; "
                f"accepted: the scan's shape {volume.grid.shape}"
            )
