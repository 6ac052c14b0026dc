"""Tasks for children: what they do is written in the scan's source."""

import ctypes
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from medmask.cohort.agenda import Job
from medmask.cohort.forecast import Forecast
from medmask.errors import IsAnnotation, Truncated
from medmask.outcome import Outcome
from medmask.pipeline import Finished, MaskScan
from medmask.pipeline.digest import file_sha256, files_sha256, scan_sha256
from medmask.recipe import RecipeChoice
from medmask.scan import Format, Scan
from medmask.writers import write_atomically

_LEAKED = []


def fine(scan):
    return Outcome(scan.scan_id, scan.study_id, scan.source, str(scan.format))


@dataclass(frozen=True)
class Act:
    """Does what the source says, and writes one small file if that is to be fine."""

    verb: ClassVar[str] = "mask"
    output: Path
    manner: str = ""
    recipes: RecipeChoice | None = None
    tells_process: bool = False

    @property
    def sha256(self):
        return f"{self.manner} {self.recipes.sha256 if self.recipes else ''}"

    def __call__(self, scan):
        deed = scan.source.rpartition("/")[2].split(".")[0].split("-")[0]
        deeds = {
            "segfault": lambda: ctypes.string_at(0),
            "exit": lambda: os._exit(7),
            "hang": lambda: time.sleep(600),
            "raise": lambda: 1 / 0,
            "refuse": self._refuse,
            "skip": self._skip,
            "memory": self._memory,
            "slow": lambda: time.sleep(0.3),
            "once": self._die_once,
            "killed": lambda: self._die_once(lambda: os.kill(os.getpid(), signal.SIGKILL)),
            "hungry": self._eat,
            "greedy": lambda: bytearray(1 << 40),
            "leaky": self._leak,
        }
        deeds.get(deed, lambda: None)()
        path = self.output / f"{scan.scan_id}.txt"
        path.write_text(f"{scan.source} {os.getpid()}" if self.tells_process else scan.source)
        return Finished(fine(scan), files_sha256(scan.files), ((path.name, file_sha256(path)),))

    def _refuse(self):
        raise Truncated("a.nii", "4 of 8 bytes", "a whole file")

    def _skip(self):
        raise IsAnnotation("a.png", "a mask", "a scan")

    def _memory(self):
        raise MemoryError

    def _die_once(self, die=lambda: os._exit(1)):
        mark = self.output / "died"
        if not mark.exists():
            mark.write_text("")
            die()

    def _eat(self):
        """Take memory in small bites, without end."""
        eaten = []
        while True:
            eaten.append(b"x" * (16 << 20))

    def _leak(self):
        """Take memory and keep it when done."""
        _LEAKED.append(b"x" * (600 << 20))


@dataclass(frozen=True)
class WriteSix:
    """Writes six small files, as many as a masked scan has at least."""

    verb: ClassVar[str] = "mask"
    output: Path
    sha256: str = "six"

    def __call__(self, scan):
        folder = self.output / "scans" / scan.scan_id
        written = []
        for name in "abcdef":
            write_atomically(folder / name, f"{name} {scan.source}".encode())
            digest = file_sha256(folder / name)
            written.append((f"scans/{scan.scan_id}/{name}", digest))
        return Finished(fine(scan), scan_sha256(scan), tuple(written))


@dataclass(frozen=True)
class MaskOrAct:
    """Masks a scan, unless its source holds one of some words: then it does what that says."""

    verb: ClassVar[str] = "mask"
    mask: MaskScan
    act: Act
    words: tuple[str, ...]

    @property
    def sha256(self):
        return self.mask.sha256

    def __call__(self, scan):
        acts = any(word in scan.source for word in self.words)
        return self.act(scan) if acts else self.mask(scan)


def jobs(task, *sources, memory_mb=100.0):
    """Scans without files, one for each source, that are expected to take so much."""
    return [
        Job(Scan(f"id-{k}", f"id-{k}", source, Format.NIFTI, ()), task, Forecast(memory_mb, 1.0))
        for k, source in enumerate(sources)
    ]
