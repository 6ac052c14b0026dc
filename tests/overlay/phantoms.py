"""Small bodies whose sides can be told apart, on grids with any order of axes."""

import numpy as np

from medmask.annotation import Annotation, Fit, Verdict
from medmask.grid import Grid
from medmask.labels import LabelMap
from medmask.scan import AnnotationKind
from medmask.volume import Volume

SHAPE = (12, 40, 48)  # superior, posterior, left
STEPS = (5.0, 2.0, 1.5)


def body(modality="CT"):
    """A box of muscle on air with a bone rod in its right anterior part, higher up denser."""
    voxels = np.full(SHAPE, -1000, np.int16)
    voxels[:, 8:32, 6:42] = 40
    voxels[3:10, 10:14, 8:14] = 800
    voxels += np.arange(SHAPE[0], dtype=np.int16)[:, None, None]
    affine = np.array([[0, 0, 1.5, -30], [0, 2.0, 0, -40], [5.0, 0, 0, 100], [0, 0, 0, 1.0]])
    return Volume(voxels, Grid(SHAPE, affine), modality, unit="HU")


def labels_of(volume, soft=-190, bone=226):
    return LabelMap.of(volume.above(soft), volume.above(bone), volume.grid)


def stored_otherwise(volume, order, flips):
    """The same body in the same place, its array's axes reordered and turned around."""
    voxels = volume.voxels.transpose(order)
    columns = volume.grid.affine[:, [*order, 3]].copy()
    for axis, flip in enumerate(flips):
        if flip:
            columns[:, 3] += columns[:, axis] * (voxels.shape[axis] - 1)
            columns[:, axis] *= -1
            voxels = np.flip(voxels, axis)
    grid = Grid(voxels.shape, columns)
    return Volume(np.ascontiguousarray(voxels), grid, volume.modality, unit=volume.unit)


def volume_of(voxels, modality="OT", **more):
    voxels = np.asarray(voxels)
    return Volume(voxels, Grid.plain(voxels.shape), modality, **more)


def annotation_of(voxels, value=1, name="drawn", colour=None):
    """An annotation on a scan's own grid; a value of None makes it opacities."""
    verdict = Verdict(Fit.IDENTICAL, "the scan's own voxels")
    kind = AnnotationKind.LABEL_MAP
    return Annotation(name, kind, f"{name}.nrrd", voxels, value, verdict, colour)
