"""Print how many bytes a voxel the masks of a volume take, by a recipe: `VOXELS.npy RECIPE.yaml`.

A process of its own, so that nothing but this counts. It weighs resident memory at its peak, as
that is what a scan's child is allowed, and as it holds what C code takes beside NumPy's arrays.
"""

import re
import sys
from pathlib import Path

import numpy as np

from medmask.pipeline import segment
from medmask.recipe import load
from medmask.volume import Volume
from tests.morphology.grids import grid_of


def resident_bytes(kind):
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{kind}:\s+(\d+) kB", status)[1]) * 1024


def volume_of(voxels):
    return Volume(voxels, grid_of(voxels.shape, (1.5, 1.2, 1.2)), "CT", unit="HU")


def main():
    voxels, recipe = np.load(sys.argv[1]), load(sys.argv[2])
    segment(volume_of(voxels[:8, :64, :64].copy()), recipe)  # loads all modules
    volume = volume_of(voxels)
    before = resident_bytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    segment(volume, recipe)
    sys.stdout.write(f"{(resident_bytes('VmHWM') - before) / voxels.size}\n")


if __name__ == "__main__":
    main()
