"""A small night: a cohort, the command that runs over it, and what must hold of its output."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from medmask.writers import volume_nifti
from tests.phantoms import ct_boxes, volume_of

ROOT = Path(__file__).parents[2]
OF_THE_MOMENT = {"seconds", "attempts", "peak_rss_mb"}


@dataclass(frozen=True)
class Night:
    """A folder of scans and a folder for masks.

    Attributes
    ----------
    inputs, output : Path
    words : tuple of str
        Further words of the command.
    """

    inputs: Path
    output: Path
    words: tuple[str, ...] = ("-j", "2")

    @property
    def command(self) -> list[str]:
        """The command as a user would type it."""
        python = [sys.executable, "-m", "medmask", "run"]
        return [*python, str(self.inputs), str(self.output), "--modality", "CT", *self.words]

    def start(self) -> subprocess.Popen[str]:
        """Start the command in a process group of its own."""
        return subprocess.Popen(
            self.command,
            cwd=ROOT,
            env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def finish(self, timeout_s: float = 300.0) -> subprocess.CompletedProcess[str]:
        """Run the command to its end."""
        with self.start() as running:
            out, err = running.communicate(timeout=timeout_s)
            return subprocess.CompletedProcess(self.command, running.returncode, out, err)

    def digests(self) -> dict[str, str]:
        """Return what must be the same in every run: masks, pictures and tables."""
        found = {
            path.relative_to(self.output).as_posix(): _sha256(path.read_bytes())
            for path in sorted((self.output / "scans").rglob("*"))
            if path.is_file() and path.name != "scan.json"
        }
        if not (self.output / "scans.csv").exists():
            return found
        return found | {"scans.csv": _sha256(json.dumps(self.rows()).encode())}

    def rows(self) -> list[dict[str, str]]:
        """Return the table without the columns that tell of the moment."""
        with (self.output / "scans.csv").open(newline="", encoding="utf-8") as file:
            return [
                {name: cell for name, cell in row.items() if name not in OF_THE_MOMENT}
                for row in csv.DictReader(file)
            ]

    def leftovers(self) -> list[str]:
        """Return temporary files."""
        return [str(p) for p in self.output.rglob("*") if p.is_file() and ".tmp" in p.name]

    def done_twice(self) -> list[str]:
        """Return scans that were worked on again after their line in the journal."""
        lines = (self.output / "run.log").read_text(encoding="ascii").splitlines()
        events = [event for event in map(_parsed, lines) if event.get("status") == "done"]
        return [name for name, n in Counter(e["scan_id"] for e in events).items() if n > 1]


def write_cohort(folder: Path, count: int, shape: tuple[int, int, int] = (16, 64, 64)) -> Path:
    """Write small CTs, no two alike."""
    folder.mkdir(parents=True)
    boxes = ct_boxes(shape)
    for k in range(count):
        (folder / f"scan-{k:03}.nii.gz").write_bytes(volume_nifti(volume_of(boxes + k)))
    return folder


def survivors(processes: list[psutil.Process], wait_s: float) -> list[psutil.Process]:
    """Return those of a run's processes that still live after a while."""
    _, alive = psutil.wait_procs(processes, timeout=wait_s)
    return [p for p in alive if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def family(pid: int) -> list[psutil.Process]:
    """Return the processes below one."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _parsed(line: str) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(line)
    except ValueError:
        return {}  # the line during which the run was killed
    return found


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def moments(seed: int, times: int, longest_s: float) -> Iterator[float]:
    """Yield random moments of a run."""
    yield from np.random.default_rng(seed).uniform(0, longest_s, times)
