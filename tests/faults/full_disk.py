"""Run onto disks that are too small, then make room and go on.

    python -m tests.faults.full_disk [--sizes 10] [--scans 8]        (needs the right to mount)

No file of a final name may be short, no run that lacks one may exit with 0, and with room the same
command must end with the bytes of a run that never lacked any.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.night import Night, write_cohort

ROOMY = 512 << 20


@dataclass(frozen=True)
class Cramped:
    """What a night on a disk of some size came to."""

    size: int
    code: int
    said: str
    done: int
    faults: tuple[str, ...]


@contextlib.contextmanager
def disk(where: Path, size: int) -> Iterator[Path]:
    """Mount a file system of some bytes in memory."""
    where.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", where], check=True)
    try:
        yield where
    finally:
        subprocess.run(["umount", "-l", where], check=True)


def make_room(where: Path) -> None:
    """Let the file system be as large as anything here needs."""
    options = f"remount,size={ROOMY}"
    subprocess.run(["mount", "-o", options, where], check=True)


def cramped_nights(folder: Path, scans: int, sizes: int) -> list[Cramped]:
    """Run onto disks from almost nothing to almost enough."""
    inputs = write_cohort(folder / "in", scans)
    whole = Night(inputs, folder / "whole")
    assert whole.finish().returncode == 0
    needed = sum(p.stat().st_blocks * 512 for p in whole.output.rglob("*") if p.is_file())
    shares = [(k + 0.5) / sizes for k in range(sizes)]
    return [_cramped(folder / f"disk-{k}", whole, int(needed * s)) for k, s in enumerate(shares)]


def _cramped(where: Path, whole: Night, size: int) -> Cramped:
    with disk(where, max(size, 64 << 10)) as mounted:
        night = Night(whole.inputs, mounted / "out", ("-j", "2", "--wait", "1"))
        ended = night.finish()
        faults = short_files(night, whole)
        if ended.returncode == 0:
            faults.append("exit code 0")
        if "Traceback" in ended.stderr:
            faults.append(ended.stderr[-600:])
        done = len(list((night.output / "scans").glob("*/scan.json")))
        make_room(mounted)
        again = night.finish()
        if again.returncode != 0 or night.digests() != whole.digests():
            faults.append(f"with room: exit code {again.returncode}, or other bytes")
        faults += [f"left {name}" for name in night.leftovers()]
        said = next((s for s in ended.stderr.splitlines() if s.startswith("medmask:")), "")
        return Cramped(size, ended.returncode, said, done, tuple(faults))


def short_files(night: Night, whole: Night) -> list[str]:
    """Return files under a final name that are not whole."""
    wanted = whole.digests()
    found = [name for name, digest in night.digests().items() if wanted[name] != digest]
    found = [name for name in found if name != "scans.csv"]
    for path in night.output.rglob("*.json"):
        try:
            json.loads(path.read_bytes())
        except ValueError:
            found.append(str(path))
    return [f"short: {name}" for name in found]


def night_with_room_later(folder: Path, scans: int) -> tuple[int, str]:
    """Run onto a full disk that gets room once the run waits; return its code and words."""
    inputs = write_cohort(folder / "in", scans)
    with disk(folder / "disk", 256 << 10) as mounted:
        night = Night(inputs, mounted / "out", ("-j", "2", "--wait", "60", "--no-report"))
        with night.start() as running:
            said = ""
            for line in running.stderr or ():
                said += line
                if "waits" in line:
                    make_room(mounted)
            running.communicate(timeout=120)
            return running.returncode, said


def main() -> None:
    """Print a line for each disk."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, default=10)
    parser.add_argument("--scans", type=int, default=8)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        nights = cramped_nights(Path(folder), asked.scans, asked.sizes)
    for night in nights:
        what = "; ".join(night.faults) or "nothing short, the rest once there was room"
        print(f"{night.size >> 10:7} KiB: exit {night.code}, {night.done} done: {what}")
        print(f"            {night.said}")
    fine = sum(not night.faults for night in nights)
    print(f"{fine} of {len(nights)} disks")
    raise SystemExit(fine < len(nights))


if __name__ == "__main__":
    main()
