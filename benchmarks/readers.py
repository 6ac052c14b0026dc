"""Time the readers against the plain loops that they stand in for, and weigh them.

    python -m benchmarks.readers [--slices 200] [--size 512] [--instances 10000] [--repeat 3]

Both sides of a ratio are timed in the same run on the same files. Memory is the peak of a child
that reads one volume, above what it held before, as a multiple of the volume.
"""

from __future__ import annotations

import argparse
import gzip
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import SimpleITK as sitk  # noqa: N813
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread

from medmask.cohort import take_inventory
from medmask.readers import ReadOptions, read
from medmask.readers.dicom.values import WANTED
from medmask.scan import Format, Scan
from tests.dicom_files import write_series

MR = ReadOptions(modality="MR", stacks=True)


@dataclass(frozen=True)
class Case:
    """Something that is read by us and by the plain way."""

    name: str
    ours: Callable[[], object]
    plain: Callable[[], object]
    goal: float


def main() -> None:
    """Print a table of times with ratios, and one of memory."""
    asked = _arguments()
    voxels = phantom(asked.slices, asked.size)
    with tempfile.TemporaryDirectory() as folder:
        scans = write_all(Path(folder), voxels)
        instances = write_instances(Path(folder) / "many", asked.instances)
        print(f"{'read':28}{'medmask s':>10}{'plain s':>10}{'ratio':>8}{'goal':>7}")
        for case in cases(scans, instances):
            ours, plain = _least(asked.repeat, case.ours, case.plain)
            row = f"{case.name:28}{ours:10.3f}{plain:10.3f}{ours / plain:8.2f}"
            print(f"{row}{case.goal:7.1f}", flush=True)
        print(f"\n{'memory while reading':28}{'MB':>10}{'of volume':>10}{'goal':>15}")
        slack = 1.3 + 1 / asked.slices
        for name, scan in scans.items():
            peak = peak_of(read_one, scan)
            row = f"{name:28}{peak / 1e6:10.0f}{peak / voxels.nbytes:10.2f}"
            print(f"{row}{slack:15.2f}", flush=True)
        peak = peak_of(take, instances)
        print(f"{'inventory':28}{peak / 1e6:10.0f}{'':10}{'200 MB':>15}")


def phantom(slices: int, size: int) -> NDArray[np.int16]:
    """Return smooth anatomy with noise, which packs about as a CT does."""
    z, y, x = np.ogrid[tuple(slice(-1, 1, n * 1j) for n in (slices, size, size))]
    smooth = 900 * np.cos(3 * x) * np.cos(2 * y + z) + 300 * np.sin(9 * x * y)
    noise = np.random.default_rng(0).normal(0, 12, (size, size))
    return np.stack([(slab + noise) for slab in smooth]).astype(np.int16)


def write_all(folder: Path, voxels: NDArray[np.int16]) -> dict[str, Scan]:
    """Write one volume in every format, as scans by the name of their way of storing."""
    packed, plain = folder / "a.nii.gz", folder / "a.nii"
    content = nibabel.Nifti1Image(voxels.T, np.eye(4), dtype=np.int16).to_bytes()
    plain.write_bytes(content)
    packed.write_bytes(gzip.compress(content, 6, mtime=0))
    image = sitk.GetImageFromArray(voxels)
    sitk.WriteImage(image, folder / "a.nrrd", useCompression=True)
    sitk.WriteImage(image, folder / "a.mha", useCompression=True)
    pictures = []
    for k, slab in enumerate(voxels):
        pictures.append(folder / f"{k}.png")
        Image.fromarray((slab + 2000).astype(np.uint16)).save(pictures[-1], compress_level=1)
    series = write_series(folder / "series", voxels)
    files = {
        "DICOM, native": (Format.DICOM, tuple(series)),
        "NIfTI, gzip level 6": (Format.NIFTI, (packed,)),
        "NIfTI, plain": (Format.NIFTI, (plain,)),
        "NRRD, gzip": (Format.NRRD, (folder / "a.nrrd",)),
        "MetaImage, zlib": (Format.META, (folder / "a.mha",)),
        "PNG stack, 16 bit": (Format.PNG, tuple(pictures)),
    }
    return {name: Scan("a", "a", "a", kind, paths) for name, (kind, paths) in files.items()}


def write_instances(folder: Path, count: int) -> Path:
    """Write many small instances, a hundred to a series."""
    voxels = np.zeros((min(100, count), 16, 16), np.int16)
    for k in range(-(-count // 100)):
        write_series(folder / str(k), voxels)
    return folder


def cases(scans: dict[str, Scan], instances: Path) -> list[Case]:
    """Return what is timed, with the ratio that is allowed."""
    series, packed = scans["DICOM, native"].files, scans["NIfTI, gzip level 6"].files[0]
    nrrd, meta = scans["NRRD, gzip"].files[0], scans["MetaImage, zlib"].files[0]
    plain_ways: dict[str, tuple[Callable[[], object], float]] = {
        "DICOM, native": (lambda: [dcmread(path).pixel_array for path in series], 1.3),
        "NIfTI, gzip level 6": (lambda: np.asarray(nibabel.load(packed).dataobj), 0.5),
        "NRRD, gzip": (lambda: sitk.GetArrayFromImage(sitk.ReadImage(nrrd)), 1.0),
        "MetaImage, zlib": (lambda: sitk.GetArrayFromImage(sitk.ReadImage(meta)), 1.0),
    }
    listed = [
        Case(name, lambda scan=scans[name]: read_one(scan), plain, goal)
        for name, (plain, goal) in plain_ways.items()
    ]
    files = sorted(path for path in instances.rglob("*") if path.is_file())
    headers = Case(
        f"inventory of {len(files)}",
        lambda: take(instances),
        lambda: [_header(path) for path in files],
        1.5,
    )
    return [*listed, headers]


def read_one(scan: Scan) -> object:
    """Read a scan as a run does."""
    return read(scan, MR)


def take(folder: Path) -> object:
    """Take the inventory of a folder."""
    return take_inventory((folder,))


def peak_of(work: Callable[[Any], object], given: object) -> int:
    """Return by how many bytes a child's memory peaks above what it held before."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_weigh, args=(work, given, there))
    child.start()
    there.close()
    peak: int = here.recv()
    child.join()
    return peak


def _weigh(work: Callable[[Any], object], given: object, answer: Any) -> None:  # noqa: ANN401
    Path("/proc/self/clear_refs").write_text("5")  # Linux: the peak starts here
    before = _status("VmRSS")
    kept = work(given)
    answer.send(_status("VmHWM") - before)
    del kept


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    (found,) = (line for line in lines if line.startswith(name))
    return int(found.split()[1]) * 1024


def _header(path: Path) -> object:
    return dcmread(path, stop_before_pixels=True, specific_tags=list(WANTED.values))


def _least(repeat: int, *works: Callable[[], object]) -> list[float]:
    """Return the least time of each, taken in turns."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(repeat):
        for each, work in zip(times, works, strict=True):
            before = time.perf_counter()
            work()
            each.append(time.perf_counter() - before)
    return [min(each) for each in times]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slices", type=int, default=200)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--instances", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
