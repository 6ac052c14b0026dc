"""A small CT on disk to draw on, and files to draw with."""

from pathlib import Path

import numpy as np

from medmask.annotations import read_annotation
from medmask.readers import ReadOptions
from medmask.readers.dicom import plan_series
from medmask.scan import AnnotationFile, AnnotationKind, Format, Scan
from tests.dicom_files import write_series

SHAPE = (4, 12, 11)  # of slices 2.5 mm apart, pixels of 0.8 x 0.7 mm, from (-10, -20, 30)
ORIGIN = (-10.0, -20.0, 30.0)
STEPS = (2.5, 0.8, 0.7)


def ct(folder, **options):
    files = write_series(folder / "ct", np.full(SHAPE, 1064, np.int16), **options)
    return Scan("a", "a", "ct", Format.DICOM, tuple(files))


def grid_of_series(scan):
    return plan_series(scan.files, ReadOptions()).stack.grid


def drawn(path: Path, kind: AnnotationKind, scan: Scan, format=Format.DICOM, **fields):  # noqa: A002
    """What reading an annotation of a scan comes to."""
    grid = fields.pop("grid", None) or grid_of_series(scan)
    return read_annotation(AnnotationFile(path.name, kind, format, (path,), **fields), scan, grid)


def place(k, j=0, i=0):
    """LPS mm of a voxel."""
    return (ORIGIN[0] + i * STEPS[2], ORIGIN[1] + j * STEPS[1], ORIGIN[2] + k * STEPS[0])


def masks(reading):
    return {one.name: one.mask(one.voxels) for one in reading.annotations}
