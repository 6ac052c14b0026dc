"""Sixty scans, of which one segfaults, one exits, one hangs, one eats memory and one raises.

    python -m tests.faults.sixty [--backend local|dask] [--timeout 8] [--mem-gb 1.5]

Fifty-five must be done and five fail by name, in no more than the healthy time and one timeout:
here, two at a time, or on two dask workers on loopback. These then do it once more, and one of them
is killed when a third is done: no scan may be lost.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from medmask.cohort import Cluster, CrewOptions, Ended, Request, Silent, Standing, Tls
from medmask.cohort import run as run_cohort
from medmask.outcome import Outcome, Status
from medmask.pipeline import MaskScan
from medmask.recipe import RecipeChoice
from tests.cohort.tasks import Act, MaskOrAct
from tests.faults.loopback import Loopback, loopback
from tests.faults.night import write_cohort

BAD = {
    "segfault": "worker_died",
    "exit": "worker_died",
    "hang": "timeout",
    "hungry": "out_of_memory",
    "raise": "internal",
}
SCANS = 60


class After(Silent):
    """Does something when so many scans have ended."""

    def __init__(self, scans: int, do: Callable[[], None]) -> None:
        self._left = scans
        self._do = do

    def finished(self, row: Outcome, standing: Standing) -> None:
        """Count."""
        del row, standing
        self._left -= 1
        if self._left == 0:
            self._do()


@dataclass(frozen=True)
class Nights:
    """How cohorts are run over in this process: with children of its own, or on a cluster.

    Attributes
    ----------
    crew : CrewOptions
    cluster : Cluster or None
    """

    crew: CrewOptions
    cluster: Cluster | None = None

    @classmethod
    @contextlib.contextmanager
    def on(cls, there: Loopback, crew: CrewOptions) -> Iterator[Nights]:
        """Join a cluster when all its workers have."""
        cluster = Cluster(str(there.address), Tls(), crew.allowed_mb / 1024)
        try:
            cluster.client.wait_for_workers(len(there.workers), timeout=60)
            share_mb = crew.allowed_mb
            jobs = len(there.workers)
            yield cls(
                CrewOptions(jobs, crew.timeout_s, allowed_mb=jobs * share_mb, share_mb=share_mb),
                cluster,
            )
        finally:
            cluster.close()

    def over(self, inputs: Path, output: Path, watcher: Silent | None = None) -> Ended:
        """Run over a cohort."""
        request = Request(
            (inputs,),
            output,
            RecipeChoice.of("ct"),
            self.crew,
            modality="CT",
            cluster=self.cluster,
        )
        mask = MaskScan(request.recipes, request.reading, output)
        task = MaskOrAct(mask, Act(output), tuple(BAD))
        return run_cohort(request, task, watcher or Silent())


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


def campaign(folder: Path, nights: Nights, killed: Callable[[], None] | None) -> list[str]:
    """Print the times of a healthy and a spoilt night, and return what does not hold.

    Parameters
    ----------
    folder : Path
    nights : Nights
    killed : callable or None
        Kills a worker; the spoilt night is had once more then.
    """
    inputs = write_cohort(folder / "in", SCANS)
    healthy_s, _ = _timed(lambda: nights.over(inputs, folder / "healthy"))
    spoil(inputs)
    spoilt_s, ended = _timed(lambda: nights.over(inputs, folder / "spoilt"))
    for row in ended.outcomes:
        if row.code:
            print(f"{row.code:14} {row.attempts} tries  {row.message}")
    timeout_s = nights.crew.timeout_s or 0.0
    print(f"healthy {healthy_s:.1f} s, spoilt {spoilt_s:.1f} s, timeout {timeout_s:g} s")
    faults = faults_of(ended, SCANS - len(BAD))
    if spoilt_s > healthy_s + timeout_s:
        faults.append("longer than the healthy time and one timeout")
    if killed is not None:
        output, watcher = folder / "killed", After(SCANS // 3, killed)
        killed_s, ended = _timed(lambda: nights.over(inputs, output, watcher))
        print(f"spoilt, and one of two workers killed on the way: {killed_s:.1f} s")
        faults += faults_of(ended, SCANS - len(BAD))
    return faults


def _timed(night: Callable[[], Ended]) -> tuple[float, Ended]:
    start = time.monotonic()
    ended = night()
    return time.monotonic() - start, ended


def main() -> None:
    """Print times, and whether every scan came to what it should."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", choices=["local", "dask"], default="local")
    parser.add_argument("--timeout", type=float, default=8.0)
    parser.add_argument("--mem-gb", type=float, default=1.5)
    asked = parser.parse_args()
    crew = CrewOptions(2, asked.timeout, allowed_mb=asked.mem_gb * 1024)
    with contextlib.ExitStack() as open_:
        folder = Path(open_.enter_context(tempfile.TemporaryDirectory()))
        if asked.backend == "local":
            faults = campaign(folder, Nights(crew), None)
        else:
            there = open_.enter_context(loopback(folder / "cluster"))
            nights = open_.enter_context(Nights.on(there, crew))
            faults = campaign(folder, nights, there.workers[0].kill)
    print("; ".join(faults) or f"{SCANS - len(BAD)} done, {len(BAD)} failures by name")
    raise SystemExit(bool(faults))


if __name__ == "__main__":
    main()
