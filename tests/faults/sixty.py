"""Sixty scans, of which one segfaults, one exits, one hangs, one eats memory and one raises.

    python -m tests.faults.sixty [--jobs 2] [--timeout 8] [--mem-gb 1.5]

Fifty-five must be done and five fail by name, in no more than the healthy time and one timeout.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from medmask.cohort import CrewOptions, Ended, Request, Silent
from medmask.cohort import run as run_cohort
from medmask.outcome import Status
from medmask.pipeline import MaskScan
from medmask.recipe import RecipeChoice
from tests.cohort.tasks import Act, MaskOrAct
from tests.faults.night import write_cohort

BAD = {
    "segfault": "worker_died",
    "exit": "worker_died",
    "hang": "timeout",
    "hungry": "out_of_memory",
    "raise": "internal",
}
SCANS = 60


def night(inputs: Path, output: Path, crew: CrewOptions) -> Ended:
    """Run over a cohort in this process, with real children."""
    request = Request((inputs,), output, RecipeChoice.of("ct"), crew, modality="CT")
    mask = MaskScan(request.recipes, request.reading, output)
    return run_cohort(request, MaskOrAct(mask, Act(output), tuple(BAD)), Silent())


def spoil(inputs: Path) -> None:
    """Rename five scans after what they will do, spread over the cohort."""
    scans = sorted(inputs.iterdir())
    step = len(scans) // len(BAD)
    for path, word in zip(scans[::step], BAD, strict=False):
        path.rename(path.with_name(f"{word}-{path.name}"))


def faults_of(ended: Ended, good: int) -> list[str]:
    """Return what does not hold."""
    codes = {row.source.split("-")[0]: row.code for row in ended.outcomes if row.code}
    found = [] if codes == BAD else [f"failures {codes}, {BAD} wanted"]
    done = ended.count(Status.DONE)
    return found if done == good else [*found, f"{done} done"]


def main() -> None:
    """Print both times and whether every scan came to what it should."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=8.0)
    parser.add_argument("--mem-gb", type=float, default=1.5)
    asked = parser.parse_args()
    crew = CrewOptions(asked.jobs, asked.timeout, allowed_mb=asked.mem_gb * 1024)
    with tempfile.TemporaryDirectory() as folder:
        inputs = write_cohort(Path(folder) / "in", SCANS)
        start = time.monotonic()
        night(inputs, Path(folder) / "healthy", crew)
        healthy_s = time.monotonic() - start
        spoil(inputs)
        start = time.monotonic()
        ended = night(inputs, Path(folder) / "spoilt", crew)
        spoilt_s = time.monotonic() - start
    faults = faults_of(ended, SCANS - len(BAD))
    for row in ended.outcomes:
        if row.code:
            print(f"{row.code:14} {row.attempts} tries  {row.message}")
    print(f"healthy {healthy_s:.1f} s, spoilt {spoilt_s:.1f} s, timeout {asked.timeout:g} s")
    if spoilt_s > healthy_s + asked.timeout:
        faults.append("longer than the healthy time and one timeout")
    print("; ".join(faults) or f"{ended.count(Status.DONE)} done, {len(BAD)} failures by name")
    raise SystemExit(bool(faults))


if __name__ == "__main__":
    main()
