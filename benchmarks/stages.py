"""Time each step of morphology against the plain library call that it stands in for.

Both are timed in the same run on the same mask, so that the ratio tells more than the times:
``python benchmarks/stages.py [--slices 200] [--size 512] [--repeat 3]``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import SimpleITK as sitk  # noqa: N813
from numpy.typing import NDArray
from scipy import ndimage

from medmask.grid import Grid
from medmask.morphology import (
    Close,
    Dilate,
    Erode,
    FillHoles,
    KeepLargest,
    Open,
    PackedMask,
    RemoveSmall,
)
from medmask.morphology.element import Element
from medmask.morphology.step import Site, Step

Mask = NDArray[np.bool_]
SPACING_MM = (1.0, 0.7, 0.7)


@dataclass(frozen=True)
class Case:
    """A step and what it is compared with."""

    name: str
    step: Step
    plain: Callable[[Mask], object]


def main() -> None:
    """Print a table of seconds and ratios for a body and for bones."""
    arguments = _arguments()
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)  # as in a run's workers
    shape = (arguments.slices, arguments.size, arguments.size)
    affine = np.zeros((4, 4))
    affine[2, 0], affine[1, 1], affine[0, 2], affine[3, 3] = *SPACING_MM, 1.0
    site = Site(Grid(shape, affine))
    body, bone = phantom(shape)
    print(f"{'mask':6}{'step':28}{'medmask s':>10}{'plain s':>10}{'ratio':>8}")
    for name, mask in (("body", body), ("bone", bone)):
        for case in cases(site.grid):
            ours = _seconds(arguments.repeat, _ours, case.step, mask, site)
            plain = _seconds(1, case.plain, mask)
            print(f"{name:6}{case.name:28}{ours:10.3f}{plain:10.3f}{plain / ours:8.1f}", flush=True)


def phantom(shape: tuple[int, int, int]) -> tuple[Mask, Mask]:
    """Return a body with lungs and a table, and bones; one voxel in 2000 is noise."""
    z, y, x = np.ogrid[tuple(slice(-1, 1, n * 1j) for n in shape)]
    noise = np.random.default_rng(0).random(shape) < 0.0005
    body = np.broadcast_to((x / 0.9) ** 2 + (y / 0.6) ** 2 < 1.0, shape).copy()
    for side in (-0.4, 0.4):
        body &= ~(((x - side) / 0.3) ** 2 + (y / 0.4) ** 2 + (z / 0.9) ** 2 < 1.0)
    body |= (np.abs(y - 0.75) < 0.05) & (np.abs(x) < 0.8)
    wall = np.hypot(x / 0.7, y / 0.45)
    bone = (wall > 0.95) & (wall < 1.05) & (np.sin(40.0 * z + 3.0 * y) > 0.3)
    spine = np.hypot(x, y - 0.3)
    bone |= (spine < 0.12) & ~((spine < 0.09) & (np.sin(25.0 * z) > -0.7))
    return body ^ noise, bone | noise


def cases(grid: Grid) -> Iterator[Case]:
    """Return the steps of the presets, and larger ones."""
    for radius_mm in (2.0, 5.0):
        element = Element.ball_mm(grid, radius_mm).as_array()
        for step, plain in (
            (Dilate, ndimage.binary_dilation),
            (Erode, ndimage.binary_erosion),
            (Open, ndimage.binary_opening),
            (Close, ndimage.binary_closing),
        ):
            if radius_mm > 2.0 and step not in (Dilate, Close):
                continue
            name = f"{step.word} {radius_mm:g} mm ({element.sum()} voxels)"
            yield Case(name, step(radius_mm), lambda m, f=plain, e=element: f(m, e))
    yield Case("fill_holes slices", FillHoles("slices"), _fill_slices)
    yield Case("fill_holes volume", FillHoles(), _itk(lambda i: sitk.BinaryFillhole(i, False)))
    yield Case("remove_small 1000 mm3", RemoveSmall(volume_mm3=1000.0), _itk(_relabelled))
    yield Case("keep_largest 1", KeepLargest(), _itk(_relabelled))


def _ours(step: Step, mask: Mask, site: Site) -> Mask:
    return step.apply(PackedMask.of(mask), site).unpacked()


def _fill_slices(mask: Mask) -> object:
    return np.stack([ndimage.binary_fill_holes(one) for one in mask])


def _itk(work: Callable[[sitk.Image], sitk.Image]) -> Callable[[Mask], object]:
    return lambda mask: sitk.GetArrayFromImage(work(sitk.GetImageFromArray(mask.view(np.uint8))))


def _relabelled(image: sitk.Image) -> sitk.Image:
    labels = sitk.ConnectedComponent(image, True)
    return sitk.RelabelComponent(labels, minimumObjectSize=2000) == 1


def _seconds(repeat: int, work: Callable[..., Any], *given: object) -> float:
    """Return the least of several times."""
    times = []
    for _ in range(repeat):
        before = time.perf_counter()
        work(*given)
        times.append(time.perf_counter() - before)
    return min(times)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slices", type=int, default=200)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--repeat", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
