"""Peak of a process' resident memory, scan by scan where the system can tell."""

from __future__ import annotations

import contextlib
from pathlib import Path

import psutil

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"  # proc(5): resets VmHWM


def reset_peak() -> None:
    """Start a new peak; where the system cannot, the peak stays that of the process' life."""
    with contextlib.suppress(OSError):
        _CLEAR.write_text(_RESET_PEAK)


def peak_rss_mb() -> float:
    """Return the peak of resident memory in MB (2**20 bytes) since the last reset.

    Notes
    -----
    Where there is no /proc the peak of the process' life is returned (Windows), or what is
    resident now (elsewhere).
    """
    if _STATUS.exists():
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / 1024, 1)
    facts = psutil.Process().memory_info()
    return round(getattr(facts, "peak_wset", facts.rss) / 2**20, 1)
