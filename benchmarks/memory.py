"""Weigh scans of several sizes and types in a run's children, beside what was forecast for them.

    python -m benchmarks.memory [--slices 30 134 275] [--size 512]

The line that is fitted through the peaks is what `medmask.cohort.forecast` holds, rounded up so
that no case lies above it.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import nibabel
import numpy as np

from benchmarks.readers import phantom
from medmask.cohort import CrewOptions, Silent
from medmask.cohort import run as run_cohort
from medmask.cohort.forecast import BYTES_PER_VOXEL, CHILD_MB
from medmask.cohort.request import Request
from medmask.outcome import Outcome, Status
from medmask.pipeline import MaskScan
from medmask.recipe import RecipeChoice
from tests.dicom_files import write_series

TYPES = {"int16": np.int16, "float32": np.float32}


def main() -> None:
    """Print a table of peaks and forecasts, and the line through the peaks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slices", type=int, nargs="+", default=[30, 134, 275])
    parser.add_argument("--size", type=int, default=512)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for slices in asked.slices:
            write(root / "in", slices, asked.size)
        rows = weighed(root / "in", root / "out")
    print(f"{'scan':24}{'s':>8}{'peak MB':>10}{'forecast':>10}{'ratio':>8}")
    megavoxels, beside = [], []
    for row in rows:
        if row.status is not Status.DONE or row.peak_rss_mb is None:
            raise SystemExit(f"{row.source}: {row.message}")
        voxels = (row.columns or 0) * (row.rows or 0) * (row.slices or 0) / 2**20
        itemsize = 4 if "float32" in row.source else 2
        forecast = CHILD_MB + voxels * (itemsize + BYTES_PER_VOXEL)
        line = f"{row.source:24}{row.seconds:8.2f}{row.peak_rss_mb:10.0f}{forecast:10.0f}"
        print(f"{line}{forecast / row.peak_rss_mb:8.2f}")
        megavoxels.append(voxels)
        beside.append(row.peak_rss_mb - voxels * itemsize)
    slope, rest = np.polyfit(megavoxels, beside, 1)
    above = max(mb - slope * voxels for mb, voxels in zip(beside, megavoxels, strict=True))
    print(f"fitted {rest:.0f} MB + {slope:.2f} bytes a voxel; none lies above {above:.0f} MB + it")


def write(folder: Path, slices: int, size: int) -> None:
    """Write one volume as a DICOM series and as NIfTI of every type, plain and packed."""
    voxels = phantom(slices, size)
    write_series(folder / f"dicom-{slices}", voxels + 1024)
    for name, kind in TYPES.items():
        image = nibabel.Nifti1Image(voxels.T.astype(kind), np.diag([0.7, 0.7, 2.0, 1.0]))
        for ending in ("nii", "nii.gz"):
            image.to_filename(folder / f"{name}-{slices}.{ending}")


def weighed(inputs: Path, output: Path) -> list[Outcome]:
    """Return the rows of a run over a folder, one scan at a time."""
    recipes = RecipeChoice.of("ct")
    request = Request((inputs,), output, recipes, CrewOptions(1), modality="CT")
    task = MaskScan(recipes, request.reading, output)
    return list(run_cohort(request, task, Silent()).outcomes)


if __name__ == "__main__":
    main()
