"""Grids that stand to each other in known ways, and drawings on them."""

from pathlib import Path

import numpy as np

from medmask.annotations.drawing import Drawing, Mark
from medmask.grid import Grid
from medmask.scan import AnnotationFile, AnnotationKind, Format
from tests.phantoms import grid_of

FILE = AnnotationFile("a.nrrd", AnnotationKind.LABEL_MAP, Format.NRRD, (Path("a.nrrd"),), "a")


def block_of(grid, begin, shape):
    """A part of a grid that begins at a voxel of it."""
    affine = grid.affine.copy()
    affine[:3, 3] = grid.world(begin)
    return Grid(shape, affine)


def moved(grid, mm):
    affine = grid.affine.copy()
    affine[:3, 3] += mm
    return Grid(grid.shape, affine)


def turned_round(grid, order):
    """The same voxels with their axes in another order, the first of them running backwards."""
    swap = np.zeros((4, 4))
    for axis, source in enumerate(order):
        swap[source, axis] = 1
    swap[3, 3] = 1
    shape = tuple(grid.shape[source] for source in order)
    flip = np.diag([-1.0, 1, 1, 1])
    flip[0, 3] = shape[0] - 1
    return Grid(shape, grid.affine @ swap @ flip)


def rotated(grid, degrees):
    """The same grid turned about the S axis through its centre."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    centre = grid.world((np.array(grid.shape) - 1) / 2)
    turn = np.eye(4)
    turn[:2, :2] = [[c, -s], [s, c]]
    turn[:3, 3] = centre - turn[:3, :3] @ centre
    return Grid(grid.shape, turn @ grid.affine)


def drawing_of(labels, grid, *values):
    """A drawing of one sheet of labels, or of opacities if no value is named."""
    marks = tuple(Mark(f"label {v}", 0, v) for v in values) or (Mark("soft", 0, None),)
    return Drawing(grid, (np.asarray(labels),), marks)


__all__ = ["FILE", "block_of", "drawing_of", "grid_of", "moved", "rotated", "turned_round"]
