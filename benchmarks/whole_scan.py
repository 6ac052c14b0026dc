"""Time a whole scan, from the DICOM series to the label map and pictures, against plain scripts.

    python -m benchmarks.whole_scan [--peers FILE] [--slices 134 275] [--repeat 3]

The series are made from the thorax of the samples. ``FILE`` is a script that does the same job with
other libraries: called as ``FILE NAME SERIES OUT``, it prints one JSON line with ``seconds``,
``peak_rss_mb`` and ``bone``. Each side runs in a process of its own, one after the other, so often;
the least times and the greatest peak count. medmask is timed for the same job (read, masks, label
map, three pictures) from a cold start (job) and in a process that has it loaded, as the workers of
a run have (worker), and for all that a run leaves behind (run), report pictures and digests too.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from medmask.pipeline import Segmentation

PEERS = ("simpleitk", "scipy", "fastest")
SCRIPT = Path("../shared/bench/peer_pipelines.py")
RECIPE = """
name: job
thresholds:
  soft_tissue: {strategy: fixed, native: -190}
  bone: {strategy: fixed, native: 226}
masks:
  bone:
    - {step: close, radius_mm: 2}
    - {step: fill_holes, where: slices}
    - {step: remove_small, volume_mm3: 1000}
"""


def main() -> None:
    """Print a table of seconds, peak memory and ratios."""
    asked = _arguments()
    if asked.one:
        print(json.dumps(_one(asked.one[0], Path(asked.one[1]), Path(asked.one[2]))))
        return
    peers = PEERS if asked.peers.is_file() else ()
    if not peers:
        print(f"no peers: {asked.peers} is not there (--peers FILE)")
    with tempfile.TemporaryDirectory() as folder:
        for slices in asked.slices:
            _compare(Path(folder), slices, peers, asked)


def _compare(folder: Path, slices: int, peers: tuple[str, ...], asked: argparse.Namespace) -> None:
    from benchmarks import ct_series  # noqa: PLC0415 - not in the children that are timed

    series = folder / str(slices)
    ct_series.write(series, slices)
    own = [sys.executable, "-m", "benchmarks.whole_scan", "--one"]
    commands = {f"medmask, {word}": [*own, word] for word in ("job", "worker", "run")}
    commands |= {peer: [sys.executable, str(asked.peers), peer] for peer in peers}
    found: dict[str, list[Ran]] = {name: [] for name in commands}
    for _ in range(asked.repeat):
        for name, command in commands.items():
            found[name].append(Ran.of([*command, str(series), str(folder / "out")]))
    wall, busy = _least(found["medmask, job"])
    columns = f"{'s':>8}{'ratio':>8}{'CPU s':>8}{'ratio':>8}{'MB':>7}{'bone':>10}"
    print(f"\n{slices} slices{'':14}{columns}")
    for name, runs in found.items():
        least, cpu = _least(runs)
        peak = max(run.peak_mb for run in runs)
        numbers = f"{least:8.2f}{least / wall:8.1f}{cpu:8.2f}{cpu / busy:8.1f}"
        print(f"{name:24}{numbers}{peak:7.0f}{runs[0].bone:10.0f}", flush=True)


@dataclass(frozen=True)
class Ran:
    """What one process took: wall-clock seconds by its own clock, CPU seconds, memory."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    bone: int

    @classmethod
    def of(cls, command: list[str]) -> Ran:
        """Run a command that ends in one line of JSON."""
        before = _cpu_seconds()
        said = subprocess.run(command, capture_output=True, check=True)
        told = json.loads(said.stdout.splitlines()[-1])
        return cls(
            told["seconds"],
            told.get("cpu_seconds", _cpu_seconds() - before),
            told["peak_rss_mb"],
            told["bone"],
        )


def _least(runs: list[Ran]) -> tuple[float, float]:
    """Return the least of both times; the second hardly depends on what else is going on."""
    return min(run.seconds for run in runs), min(run.cpu_seconds for run in runs)


def _cpu_seconds() -> float:
    """Return what all children that have ended took, on all cores together."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _one(extent: str, series: Path, out: Path) -> dict[str, float]:
    """Do the job once in this process; the clock starts before medmask is loaded, or after."""
    if extent == "worker":
        _load_as_a_child()
    before, busy = time.perf_counter(), time.process_time()
    bone = _whole_run(series, out) if extent == "run" else _same_job(series, out)
    spent, busy = time.perf_counter() - before, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told = {"seconds": round(spent, 3), "peak_rss_mb": peak, "bone": bone}
    return told | ({"cpu_seconds": busy} if extent == "worker" else {})


def _load_as_a_child() -> None:
    from medmask.cohort.server import LOADED  # noqa: PLC0415

    for name in LOADED:
        importlib.import_module(name)


def _same_job(series: Path, out: Path) -> int:
    """Read, mask, and write the label map and the middle slice of each plane."""
    from medmask.labels import Label  # noqa: PLC0415
    from medmask.pipeline import segment  # noqa: PLC0415
    from medmask.readers import ReadOptions, read  # noqa: PLC0415
    from medmask.recipe import loads  # noqa: PLC0415
    from medmask.scan import Format, Scan  # noqa: PLC0415
    from medmask.writers import labels_nifti, write_atomically  # noqa: PLC0415

    volume = read(Scan("scan", "", "scan", Format.DICOM, tuple(series.iterdir())), ReadOptions())
    result = segment(volume, loads(RECIPE, "job.yaml"))
    write_atomically(out / "labels.nii.gz", labels_nifti(result.labels))
    for plane, encoded in _pictures(result):
        write_atomically(out / f"{plane}.png", encoded)
    return result.labels.count(Label.BONE)


def _pictures(result: Segmentation) -> Iterator[tuple[str, bytes]]:
    from medmask.labels import Label  # noqa: PLC0415
    from medmask.overlay import DEFAULT_LAYERS, Layer, compose, planes_of, to_grey  # noqa: PLC0415
    from medmask.volume import Display  # noqa: PLC0415
    from medmask.writers import png  # noqa: PLC0415

    styles = [replace(layer, style="fill", opacity=0.4) for layer in DEFAULT_LAYERS]
    for plane in planes_of(result.volume.grid):
        at = result.volume.grid.shape[plane.normal.index] // 2
        seen = plane.picture(result.volume.voxels, at)
        grey = to_grey(result.volume, seen, Display(-160, 240))
        labels = plane.picture(result.labels.voxels, at)
        layers = [
            Layer(labels == Label[style.show.upper()], style)
            for style in styles
            if style.show != "annotations"
        ]
        yield plane.name, png(compose(grey, layers))


def _whole_run(series: Path, out: Path) -> int:
    """Do all that a run does for a scan, with digests, evidence and pictures for the report."""
    from medmask.pipeline import MaskScan  # noqa: PLC0415
    from medmask.readers import ReadOptions  # noqa: PLC0415
    from medmask.recipe import RecipeChoice, loads  # noqa: PLC0415
    from medmask.scan import Format, Scan  # noqa: PLC0415

    with tempfile.TemporaryDirectory(dir=out.parent) as fresh:
        choice = RecipeChoice.always(loads(RECIPE, "job.yaml"))
        scan = Scan("scan", "", "scan", Format.DICOM, tuple(series.iterdir()))
        done = MaskScan(choice, ReadOptions(), Path(fresh))(scan)
    return done.outcome.bone_voxels or 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, default=SCRIPT, help="the script of the others")
    parser.add_argument("--slices", type=int, nargs="+", default=[134, 275])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
