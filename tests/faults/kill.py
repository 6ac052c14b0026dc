"""End a run at random moments and go on with the same command.

    python -m tests.faults.kill [--times 50] [--scans 12] [--signal KILL|TERM] [--seed 0]

KILL goes to the whole process group, as when a machine loses its power; TERM to the coordinator
alone, as a job scheduler sends it. Every night must end with the bytes of an unbroken one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.faults.night import Night, family, moments, survivors, write_cohort


@dataclass(frozen=True)
class Broken:
    """What a broken night came to.

    Attributes
    ----------
    at_s : float
        When the signal was sent.
    code : int
        With which the run ended; negative for the signal itself.
    ended_s : float
        How long it took to end.
    faults : tuple of str
        What does not hold.
    """

    at_s: float
    code: int
    ended_s: float
    faults: tuple[str, ...]


def broken_nights(
    folder: Path, times: int, scans: int, number: signal.Signals, seed: int = 0
) -> list[Broken]:
    """Break as many nights as asked for, each at a moment of its own, and go on with each."""
    inputs = write_cohort(folder / "in", scans)
    whole = Night(inputs, folder / "whole")
    start = time.monotonic()
    done = whole.finish()
    longest_s = time.monotonic() - start
    assert done.returncode == 0, done.stderr
    return [
        _broken(Night(inputs, folder / "broken"), whole, number, at_s)
        for at_s in moments(seed, times, longest_s)
    ]


def _broken(night: Night, whole: Night, number: signal.Signals, at_s: float) -> Broken:
    shutil.rmtree(night.output, ignore_errors=True)
    with night.start() as running:
        time.sleep(at_s)
        children = family(running.pid)
        start = time.monotonic()
        if number == signal.SIGKILL:
            os.killpg(running.pid, number)
        else:
            running.send_signal(number)
        running.communicate(timeout=60)
        ended_s = time.monotonic() - start
        code = running.returncode
    faults = []
    if ended_s > 10:
        faults.append(f"took {ended_s:.1f} s to end")
    if number != signal.SIGKILL and code not in {0, -number, 128 + number}:
        faults.append(f"ended with {code}")
    alive = survivors(children, wait_s=2.0)
    if alive:
        faults.append(f"{len(alive)} children live")
    again = night.finish()
    if again.returncode != 0:
        faults.append(f"the same command ended with {again.returncode}: {again.stderr[-300:]}")
    elif night.digests() != whole.digests():
        faults.append("other bytes than an unbroken run")
    faults += [f"left {name}" for name in night.leftovers()]
    faults += [f"{name} was done twice" for name in night.done_twice()]
    return Broken(at_s, code, ended_s, tuple(faults))


def main() -> None:
    """Print a line for each broken night, and how many went on rightly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--scans", type=int, default=12)
    parser.add_argument("--signal", choices=["KILL", "TERM", "INT", "HUP"], default="KILL")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    number = signal.Signals[f"SIG{asked.signal}"]
    with tempfile.TemporaryDirectory() as folder:
        nights = broken_nights(Path(folder), asked.times, asked.scans, number, asked.seed)
    for night in nights:
        said = "; ".join(night.faults) or "as unbroken"
        print(f"at {night.at_s:5.2f} s, ended {night.ended_s:.2f} s later, {night.code}: {said}")
    fine = sum(not night.faults for night in nights)
    print(f"{fine} of {len(nights)} nights end as an unbroken one")
    raise SystemExit(fine < len(nights))


if __name__ == "__main__":
    main()
