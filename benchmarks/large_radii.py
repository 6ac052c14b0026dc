"""Time balls of many voxels against distance maps, whose time hardly depends on the radius.

    python -m benchmarks.large_radii [--radii 5 10 20 40 80] [--slices 200] [--size 512]

Dilations of a phantom's bones on a grid of 1 mm, in CPU time; what differs from ours is counted.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
import SimpleITK as sitk  # noqa: N813

from benchmarks.masks import Mask, phantom, seconds
from benchmarks.stages import installed
from medmask.grid import Grid
from medmask.morphology import Dilate, PackedMask, Site

ROUNDED = 1 + 1e-6  # distance maps are float32


def main() -> None:
    """Print a row for each radius."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--radii", type=float, nargs="+", default=[5, 10, 20, 40, 80])
    parser.add_argument("--slices", type=int, default=200)
    parser.add_argument("--size", type=int, default=512)
    asked = parser.parse_args()
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)  # as in a run's workers
    shape = (asked.slices, asked.size, asked.size)
    _, bone = phantom(shape)
    site = Site(Grid(shape, np.eye(4)[[2, 1, 0, 3]]))
    print("radius mm: seconds, voxels that differ from ours")
    for radius_mm in asked.radii:
        calls = dilations(bone, radius_mm, site)
        ours = calls["ours"]()
        took = seconds(calls, 1)
        off = {name: np.count_nonzero(call() != ours) for name, call in calls.items()}
        print(f"{radius_mm:9g}:", ", ".join(f"{n} {s:.2f} ({off[n]})" for n, s in took.items()))


def dilations(mask: Mask, radius_mm: float, site: Site) -> dict[str, Callable[[], Mask]]:
    """Return everyone's way to dilate a mask on a grid of 1 mm."""
    most = (radius_mm * ROUNDED) ** 2
    calls: dict[str, Callable[[], Mask]] = {
        "ours": lambda: Dilate(radius_mm).apply(PackedMask.of(mask), site).unpacked(),
        "SimpleITK": lambda: _maurer(mask) <= most,
    }
    edt = installed("edt")
    if edt:
        calls["edt"] = lambda: edt.edtsq(~mask, parallel=1) <= most
    return calls


def _maurer(mask: Mask) -> Mask:
    image = sitk.GetImageFromArray(mask.view(np.uint8))
    is_squared, uses_spacing = True, True
    distances = sitk.SignedMaurerDistanceMap(image, False, is_squared, uses_spacing)
    found: Mask = sitk.GetArrayFromImage(distances)
    return found


if __name__ == "__main__":
    main()
