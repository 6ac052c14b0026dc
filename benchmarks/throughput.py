"""Time a cohort of CTs with one and two scans at a time, against the bare pipeline in a loop.

    python -m benchmarks.throughput [--scans 12] [--slices 134] [--repeat 3] [--folder DIR]

The command runs as a user types it. The bare pipeline finds the same scans and masks them one
after the other in one process: no journal, no children, no report. Sides take turns, each so often;
the least times count. Wall is all of a process, from the start of Python on; run leaves out what
comes before and after the scans: for the command it is what `run.json` tells, without the start of
Python and the report, for the bare pipeline the loop alone. CPU seconds hardly depend on what else
is going on. For two at a time to be worth anything, two cores must be free.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

_BECOME_REAPER = 36  # prctl(PR_SET_CHILD_SUBREAPER): orphans become children, so their time counts
_TWICE_AS_FAST = 1.85
_NO_SLOWER = 0.95
_OVERHEAD_MS = 15


@dataclass(frozen=True)
class Took:
    """What one side took: by the clock, by its own account, by all cores together."""

    wall_s: float
    run_s: float
    cpu_s: float


def main() -> None:
    """Print what each side took, and the ratios with what they are to be."""
    asked = _arguments()
    if asked.bare:
        print(_bare(*asked.bare))
        return
    ctypes.CDLL(None).prctl(_BECOME_REAPER, 1)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        inputs = _cohort(Path(folder) / "in", asked.scans, asked.slices)
        best = _least(inputs, Path(folder) / "out", asked.repeat)
    one, two, bare = best["-j 1"], best["-j 2"], best["bare"]
    each_ms = 1000 * (one.cpu_s - bare.cpu_s) / asked.scans
    print(f"-j 1 to -j 2, wall  {one.wall_s / two.wall_s:6.2f} ({_TWICE_AS_FAST})")
    print(f"-j 1 to -j 2, run   {one.run_s / two.run_s:6.2f} ({_TWICE_AS_FAST})")
    print(f"bare to -j 1, wall  {bare.wall_s / one.wall_s:6.2f} ({_NO_SLOWER})")
    print(f"bare to -j 1, run   {bare.run_s / one.run_s:6.2f} ({_NO_SLOWER})")
    print(f"CPU beside the pipeline {each_ms:6.0f} ms a scan, start and report included")


def _cohort(folder: Path, scans: int, slices: int) -> Path:
    """Write the series, no two alike."""
    from benchmarks import ct_series  # noqa: PLC0415 - not in the side that is timed

    for k in range(scans):
        ct_series.write(folder / f"{k:02}", slices, seed=k)
    return folder


def _least(inputs: Path, output: Path, repeat: int) -> dict[str, Took]:
    """Let all sides take turns, and return the least of each figure."""
    medmask = [sys.executable, "-m", "medmask", "run", str(inputs), str(output), "-q"]
    bare = [sys.executable, "-m", "benchmarks.throughput", "--bare", str(inputs), str(output)]
    sides = {"bare": bare, "-j 1": [*medmask, "-j", "1"], "-j 2": [*medmask, "-j", "2"]}
    took: dict[str, list[Took]] = {name: [] for name in sides}
    print(f"{'s':12}{'wall':>8}{'run':>8}{'CPU':>8}")
    for _ in range(repeat):
        for name, command in sides.items():
            shutil.rmtree(output, ignore_errors=True)
            one = _timed(command, output)
            took[name].append(one)
            print(f"{name:12}{one.wall_s:8.2f}{one.run_s:8.2f}{one.cpu_s:8.2f}", flush=True)
    return {
        name: Took(
            min(one.wall_s for one in each),
            min(one.run_s for one in each),
            min(one.cpu_s for one in each),
        )
        for name, each in took.items()
    }


def _timed(command: list[str], output: Path) -> Took:
    before, start = _cpu_seconds(), time.perf_counter()
    said = subprocess.run(command, check=True, capture_output=True).stdout
    wall_s = time.perf_counter() - start
    _wait_for_orphans()
    facts = output / "run.json"
    run_s = json.loads(facts.read_bytes())["seconds"] if facts.exists() else float(said)
    return Took(wall_s, run_s, _cpu_seconds() - before)


def _wait_for_orphans() -> None:
    """Wait for the servers that children were forked from."""
    try:
        while True:
            os.wait()
    except ChildProcessError:
        return


def _cpu_seconds() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _bare(inputs: str, output: str) -> float:
    """Mask every scan in this process, and return the seconds that this took."""
    from medmask.cohort.inventory import take_inventory  # noqa: PLC0415
    from medmask.pipeline import MaskScan  # noqa: PLC0415
    from medmask.readers import ReadOptions  # noqa: PLC0415
    from medmask.recipe import RecipeChoice  # noqa: PLC0415

    mask = MaskScan(RecipeChoice.of("auto"), ReadOptions(), Path(output))
    scans = take_inventory((Path(inputs),)).scans
    start = time.perf_counter()
    for scan in scans:
        mask(scan)
    return time.perf_counter() - start


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scans", type=int, default=12)
    parser.add_argument("--slices", type=int, default=134)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where scans and results go meanwhile")
    parser.add_argument("--bare", nargs=2, metavar=("INPUTS", "OUTPUT"), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
