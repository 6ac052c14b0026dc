"""Time our element walker and pydicom on the headers of one series, in one run.

    python -m benchmarks.headers [--slices 200] [--repeat 5]

Both read the same tags of the same files and turn them into numbers.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pydicom import dcmread

from medmask.readers import read_header
from medmask.readers.dicom.values import WANTED
from tests.dicom_files import write_series


def main() -> None:
    """Print milliseconds a header of both, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slices", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = write_series(Path(folder), np.zeros((asked.slices, 512, 512), np.int16))
        ours = _seconds(asked.repeat, files, read_header)
        theirs = _seconds(asked.repeat, files, _by_pydicom)
    for name, seconds in (("ours", ours), ("pydicom", theirs)):
        print(f"{name:8} {1000 * seconds / asked.slices:.3f} ms a header")
    print(f"ratio    {theirs / ours:.1f}")


def _by_pydicom(path: Path) -> list[object]:
    dataset = dcmread(path, stop_before_pixels=True, specific_tags=list(WANTED.values))
    return [element.value for element in dataset]


def _seconds(repeat: int, files: list[Path], read: Callable[[Path], object]) -> float:
    """Return the least of several times over all files."""
    times = []
    for _ in range(repeat):
        before = time.perf_counter()
        for path in files:
            read(path)
        times.append(time.perf_counter() - before)
    return min(times)


if __name__ == "__main__":
    main()
