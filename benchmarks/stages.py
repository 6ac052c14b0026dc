"""Time each step of morphology against the libraries that do the same.

    python -m benchmarks.stages [--slices 200] [--size 512] [--repeat 2] [--only close]

All sides are timed in turn in the same run on the same masks, packing and unpacking included.
The peers are SciPy, SimpleITK and those of `fastmorph`, `cc3d` and `fill_voids` (extra `bench`)
that are installed.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import SimpleITK as sitk  # noqa: N813
from scipy import ndimage

from benchmarks.masks import SPACING_MM, Mask, grid_of, phantom, seconds
from medmask.morphology import (
    Close,
    Dilate,
    Erode,
    FillHoles,
    KeepLargest,
    Open,
    PackedMask,
    RemoveSmall,
    Smooth,
)
from medmask.morphology.element import Element
from medmask.morphology.step import Site, Step

SMALL = 2000  # voxels: about 1000 mm3

Peers = dict[str, Callable[[Mask], object]]


@dataclass(frozen=True)
class Case:
    """A step, what it is compared with, and how many times as fast it is to be."""

    name: str
    step: Step
    peers: Peers
    goal: float = 1.0


def main() -> None:
    """Print a table of milliseconds and ratios for a body and for bones."""
    arguments = _arguments()
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)  # as in a run's workers
    shape = (arguments.slices, arguments.size, arguments.size)
    site = Site(grid_of(shape))
    print(f"{'mask':6}{'step':24}{'ms':>8}{'ratio':>8}{'goal':>6}   peers, ms")
    for name, mask in zip(("body", "bone"), phantom(shape), strict=True):
        for case in cases(site):
            if arguments.only in case.name:
                print(f"{name:6}{_row(case, mask, site, arguments.repeat)}", flush=True)


def _row(case: Case, mask: Mask, site: Site, repeat: int) -> str:
    calls: dict[str, Callable[[], object]] = {
        "ours": lambda: case.step.apply(PackedMask.of(mask), site).unpacked()
    }
    for peer, call in case.peers.items():
        calls[peer] = lambda call=call: call(mask)
    took = {name: 1000 * least for name, least in seconds(calls, repeat).items()}
    ours = took.pop("ours")
    ratio = min(took.values()) / ours
    peers = ", ".join(f"{peer} {least:.0f}" for peer, least in took.items())
    return f"{case.name:24}{ours:8.1f}{ratio:8.1f}{case.goal:6.0f}   {peers}"


def cases(site: Site) -> Iterator[Case]:
    """Return the steps of the presets, and larger ones."""
    for radius_mm, goal in ((2.0, 30.0), (4.0, 15.0), (8.0, 1.0)):
        element = Element.ball_mm(site.grid, radius_mm).as_array()
        peers = _closings(element, radius_mm)
        yield Case(f"close {radius_mm:g} mm ({element.sum()})", Close(radius_mm), peers, goal)
    element = Element.ball_mm(site.grid, 2.0).as_array()
    for step, plain in (
        (Dilate, ndimage.binary_dilation),
        (Erode, ndimage.binary_erosion),
        (Open, ndimage.binary_opening),
    ):
        peers = {"scipy": lambda m, plain=plain: plain(m, element)}
        yield Case(f"{step.word} 2 mm ({element.sum()})", step(2.0), peers)
    median = _itk(lambda image: sitk.BinaryMedian(image, [2, 2, 2], 1, 0))
    yield Case("smooth 1.5 mm", Smooth(1.5), {"SimpleITK, a box": median})
    yield from _labelling()


def _closings(element: Mask, radius_mm: float) -> Peers:
    reach = [round(radius_mm / step) for step in SPACING_MM[::-1]]
    peers: Peers = {
        "SimpleITK": _itk(
            lambda image: sitk.BinaryMorphologicalClosing(image, reach, sitk.sitkBall)
        )
    }
    if radius_mm < 8.0:  # SciPy takes minutes
        peers["scipy"] = lambda m: ndimage.binary_closing(m, element)
    fastmorph = installed("fastmorph")
    if fastmorph:
        anisotropy = SPACING_MM[::-1]
        peers["fastmorph"] = lambda m: fastmorph.spherical_close(
            np.asfortranarray(m.T), radius=radius_mm, anisotropy=anisotropy, parallel=1
        )
    return peers


def _labelling() -> Iterator[Case]:
    """Return what is done by labelling, against all who label."""
    cc3d, fill_voids = installed("cc3d"), installed("fill_voids")
    in_slices: Peers = {
        "scipy": lambda m: np.stack([ndimage.binary_fill_holes(one) for one in m]),
        "SimpleITK": lambda m: np.stack([_itk(sitk.BinaryFillhole)(one) for one in m]),
    }
    in_volume: Peers = {
        "scipy": ndimage.binary_fill_holes,
        "SimpleITK": _itk(lambda image: sitk.BinaryFillhole(image, False)),
    }
    small: Peers = {"scipy": _large_by_scipy, "SimpleITK": _itk(_large_by_itk)}
    largest: Peers = {"SimpleITK": _itk(lambda image: _large_by_itk(image) == 1)}
    if fill_voids:
        in_slices["fill_voids"] = lambda m: np.stack([fill_voids.fill(one) for one in m])
        in_volume["fill_voids"] = fill_voids.fill
    if cc3d:
        small["cc3d"] = lambda m: cc3d.dust(m, threshold=SMALL, connectivity=26)
        largest["cc3d"] = lambda m: cc3d.largest_k(m, k=1, connectivity=26)
    yield Case("fill_holes slices", FillHoles("slices"), in_slices)
    yield Case("fill_holes volume", FillHoles(), in_volume)
    yield Case("remove_small", RemoveSmall(voxels=SMALL), small)
    yield Case("keep_largest", KeepLargest(), largest)


def _large_by_scipy(mask: Mask) -> object:
    labels, _ = ndimage.label(mask, np.ones((3, 3, 3)), output=np.int32)
    keep = np.bincount(labels.ravel()) >= SMALL
    keep[0] = False
    return keep[labels]


def _large_by_itk(image: sitk.Image) -> sitk.Image:
    labels = sitk.ConnectedComponent(image, True)
    return sitk.RelabelComponent(labels, minimumObjectSize=SMALL)


def _itk(work: Callable[[sitk.Image], sitk.Image]) -> Callable[[Mask], object]:
    return lambda mask: sitk.GetArrayFromImage(work(sitk.GetImageFromArray(mask.view(np.uint8))))


def installed(module: str) -> Any:  # noqa: ANN401
    """Return a module, ``None`` where it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError:
        print(f"({module} is not installed)")
        return None


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slices", type=int, default=200)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--only", default="", help="steps whose name holds this")
    return parser.parse_args()


if __name__ == "__main__":
    main()
