"""Run over many tiny scans: the coordinator's memory, the overhead of a scan, the second run.

    python -m benchmarks.many [--scans 10000] [--jobs 2]

Each scan is a file of its own that gets six small outputs by a task that does nothing else, so that
what is measured is the coordinator, its journal and the hand-over to children.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

from medmask.cohort import CrewOptions, Request, Silent, Standing
from medmask.cohort import run as run_cohort
from medmask.outcome import Outcome
from medmask.recipe import RecipeChoice
from medmask.writers import volume_nifti
from tests.cohort.tasks import WriteSix
from tests.phantoms import volume_of


class Scale(Silent):
    """Weighs this process after each scan."""

    def __init__(self) -> None:
        self.mb: list[float] = []

    def finished(self, row: Outcome, standing: Standing) -> None:
        """Weigh."""
        del row, standing
        self.mb.append(psutil.Process().memory_info().rss / 2**20)


def main() -> None:
    """Print times and weights, with what they are to be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scans", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        inputs, output = Path(folder) / "in", Path(folder) / "out"
        write(inputs, asked.scans)
        request = Request((inputs,), output, RecipeChoice.of("ct"), CrewOptions(asked.jobs))
        scale = Scale()
        first = seconds_of(request, scale)
        second = seconds_of(request, Silent())
        start = time.perf_counter()
        command = [sys.executable, "-m", "medmask", "status", str(output)]
        subprocess.run(command, check=True, capture_output=True)
        status = time.perf_counter() - start
    half = min(500, len(scale.mb) // 2)
    growth_kb = 1024 * (scale.mb[-1] - scale.mb[half]) / max(1, len(scale.mb) - half)
    print(f"first run       {first:8.1f} s, {1000 * first / asked.scans:.1f} ms a scan")
    print(f"coordinator     {max(scale.mb):8.0f} MB at most (300)")
    print(f"its growth      {growth_kb:8.2f} kB a scan after {half} (1)")
    print(f"second run      {second:8.1f} s (20)")
    print(f"medmask status  {status:8.2f} s (1)")


def write(folder: Path, count: int) -> None:
    """Write small volumes, no two alike, a hundred to a folder."""
    voxels = np.zeros((4, 8, 8), np.int16)
    for k in range(count):
        voxels[0, 0, 0] = k
        path = folder / f"{k // 100:03}" / f"{k:05}.nii.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(volume_nifti(volume_of(voxels)))


def seconds_of(request: Request, watcher: Silent) -> float:
    """Run, and return how long it took."""
    start = time.perf_counter()
    run_cohort(request, WriteSix(request.output), watcher)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
