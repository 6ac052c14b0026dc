"""Small volumes whose contents can be counted by hand."""

import numpy as np

from medmask.grid import Grid
from medmask.volume import Volume


def grid_of(shape, spacing=(2.5, 0.8, 0.7), origin=(-10.0, -20.0, 30.0)):
    """An axial grid in LPS: slices along S, rows along P, columns along L; spacing (k, j, i)."""
    affine = np.eye(4)
    affine[:3, :3] = np.array([[0, 0, spacing[2]], [0, spacing[1], 0], [spacing[0], 0, 0]])
    affine[:3, 3] = origin
    return Grid(shape, affine)


def volume_of(voxels, modality="CT", **fields):
    """A volume around an array, on an axial grid unless one is given; a CT is in HU."""
    voxels = np.asarray(voxels)
    fields = {"unit": "HU" if modality == "CT" else "", **fields}
    return Volume(voxels, fields.pop("grid", None) or grid_of(voxels.shape), modality, **fields)


def ct_boxes(shape=(12, 40, 48)):
    """HU: air, a box of soft tissue (8 x 30 x 36 voxels) and in it one of bone (4 x 10 x 12)."""
    voxels = np.full(shape, -1000, np.int16)
    voxels[2:10, 5:35, 6:42] = 40
    voxels[4:8, 15:25, 18:30] = 700
    return voxels


BOX_BODY = 8 * 30 * 36
BOX_BONE = 4 * 10 * 12
